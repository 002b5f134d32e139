#!/bin/bash
# Whether the node of this container is alive: its port mapper answers, and lists it. A node serves the
# mapper itself, on the thread that carries all its connections, and is listed once it accepts peers; so an
# answer is a sign of life. It costs a connection within the container, not a node. docker allows it 3 s.
name=${TROUPE_NAME:-$TROUPE_SNAME}
port=${TROUPE_EPMD_PORT:-4369}
{ exec 3<>"/dev/tcp/127.0.0.1/$port" || exec 3<>"/dev/tcp/$HOSTNAME/$port"; } 2>/dev/null || {
  echo "no port mapper answers at port $port"
  exit 1
}
printf '\0\1n' >&3 # A request of one byte, NAMES_REQ. The answer is a line a node, until the end.
grep -ao "name ${name%%@*} at port .*" <&3 || {
  echo "the port mapper does not list ${name%%@*}"
  exit 1
}
