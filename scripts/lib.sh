# What scripts/demo and scripts/test share. To be sourced by bash, from the top of the tree.

# Both commands use one preset, so that a fresh machine compiles once. It is the one for working on the
# project: it compiles fastest. For speed, configure the preset `release`.
preset=${TROUPE_PRESET:-dev}
build=build/$preset
jobs=${TROUPE_JOBS:-$(nproc)}

say() { printf '==> %s\n' "$*"; }
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Why each package is needed: name, then the reason. The program itself needs these:
program_packages='
g++                        compiler
cmake                      build system
ninja-build                build system
libcaf-dev                 C++ Actor Framework, on which troupe is built
libboost-dev               Boost.Asio: sockets and timers
libboost-program-options-dev  command line options
libssl-dev                 TLS between nodes
libfmt-dev                 formatting of text
libedit-dev                line editing in the console
libc-ares-dev              DNS queries of discovery
libgoogle-perftools-dev    allocator for what one thread makes and another frees
'
build_packages=$program_packages'
ccache                     makes compiling again fast
doctest-dev                test framework; the build configures the tests, too
git                        for development
python3                    plays the demo on pseudo terminals, and runs the tests from outside
'
fuzz_packages='
clang                      compiler of the fuzz targets
libclang-rt-14-dev         libFuzzer
'
test_packages='
erlang-base                Erlang and its epmd, which tests compare with
elixir                     plays the scenarios beside us
tmux                       terminal for tests of the console
iproute2                   networks for one test, in namespaces
nftables                   packets that get lost on them
faketime                   clocks that are wrong
'

installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -- "$@"; fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Use-Pty=0 "$@"
}

# Whether apt knows all of its arguments.
known_to_apt() {
  local package
  for package; do
    apt-cache show "$package" >/dev/null 2>&1 || return 1
  done
}

# Installs what is missing of the packages in the table $1.
need() {
  local missing=() package reason program lines=''
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "This is neither Debian nor Ubuntu. What Debian calls these has to be installed (CAF is 0.17):"
    printf '%s' "$1" | sed '/^$/d; s/^/    /'
    for program in c++ cmake ninja python3; do
      command -v "$program" >/dev/null || fail "there is no $program: install the above by hand first"
    done
    return 0
  fi
  while read -r package reason; do
    [ -n "$package" ] && ! installed "$package" || continue
    missing+=("$package")
    lines+=$(printf '    %-30s %s' "$package" "$reason")$'\n'
  done <<<"$1"
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Missing packages, and what they are for:"
  printf '%s' "$lines"
  if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    fail "installing needs root, and there is no sudo: run as root: apt-get install ${missing[*]}"
  fi
  say "Installing with apt-get$([ "$(id -u)" = 0 ] || echo ', by sudo'): ${missing[*]}"
  if ! known_to_apt "${missing[@]}"; then
    say "apt does not know all of them yet: apt-get update"
    apt_get update || fail "apt-get update failed: see above"
  fi
  # A list of packages that is too old names files that are gone.
  apt_get install --no-install-recommends "${missing[@]}" && return 0
  say "That failed: once more, with a fresh list of packages"
  apt_get update && apt_get install --no-install-recommends "${missing[@]}" ||
    fail "cannot install: ${missing[*]}"
}

# Configures the preset, unless that is done: CMake looks itself whether something changed.
configure() {
  local cmake_version
  cmake_version=$(cmake --version | sed -n '1s/.* //p')
  [ "$(printf '%s\n' 3.25 "$cmake_version" | sort -V | head -n 1)" = 3.25 ] ||
    fail "cmake is $cmake_version, troupe needs 3.25 or newer (Debian 12, Ubuntu 23.04)"
  if [ ! -f "$build/build.ninja" ]; then
    say "Configuring the preset $preset"
    cmake --preset "$preset"
  fi
}

# Builds the targets $@, or all.
compile() {
  local targets=()
  [ $# = 0 ] || targets=(--target "$@")
  say "Building ${*:-everything} in $build with $jobs jobs"
  NINJA_STATUS='[%f/%t, %es] ' cmake --build "$build" -j "$jobs" "${targets[@]}"
}
