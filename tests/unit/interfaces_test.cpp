#include "troupe/discovery/interfaces.hpp"

#include "troupe/discovery/limits.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace troupe::discovery;
using troupe::errc;
using troupe::dist::endpoint;

namespace {

using texts = std::vector<std::string>;

interface_address address(const std::string& text, unsigned prefix) {
  return {*ip_address::parse(text), text, prefix};
}

network_interface card(unsigned index, const std::string& name,
                       std::vector<interface_address> addresses) {
  network_interface x;
  x.index = index;
  x.name = name;
  x.up = x.multicast = true;
  x.addresses = std::move(addresses);
  return x;
}

network_interface loopback() {
  auto x = card(1, "lo", {address("127.0.0.1", 8), address("::1", 128)});
  x.loopback = true;
  x.multicast = false;
  return x;
}

/// A laptop with a cable, a VPN, and containers.
std::vector<network_interface> machine() {
  auto vpn = card(3, "tun0", {address("10.8.0.2", 32)});
  vpn.point_to_point = true;
  return {loopback(),
          card(2, "eth0",
               {address("fe80::2", 64), address("192.168.1.5", 24), address("2001:db8::5", 64)}),
          vpn, card(4, "docker0", {address("172.17.0.1", 16)}),
          card(5, "veth12ab", {address("fe80::5", 64)})};
}

texts names(const std::vector<usable_interface>& x) {
  texts result;
  for (auto& i : x)
    result.push_back(i.name);
  return result;
}

std::vector<usable_interface> choose(const texts& include, const texts& exclude,
                                     const std::string& listens = "::",
                                     const std::vector<network_interface>& all = machine()) {
  auto choice = interface_choice::parse(include, exclude);
  REQUIRE(choice);
  return choice->usable(all, endpoint{listens, 9100});
}

texts hosts(const std::vector<endpoint>& x) {
  texts result;
  for (auto& e : x)
    result.push_back(e.host);
  return result;
}

} // namespace

TEST_CASE("interfaces: by default those that others can be reached by") {
  CHECK(names(choose({}, {})) == texts{"eth0", "docker0"});
}

TEST_CASE("interfaces: one that is down, cannot multicast or has no address is not used") {
  auto all = machine();
  SUBCASE("down") {
    all[1].up = false;
  }
  SUBCASE("no multicast") {
    all[1].multicast = false;
  }
  SUBCASE("no address") {
    all[1].addresses.clear();
  }
  CHECK(names(choose({}, {}, "::", all)) == texts{"docker0"});
  CHECK(names(choose({"eth0"}, {}, "::", all)).empty());
}

TEST_CASE("interfaces: what is included is used whatever kind it is, and nothing else") {
  CHECK(names(choose({"eth*"}, {})) == texts{"eth0"});
  CHECK(names(choose({"tun0", "veth*"}, {})) == texts{"tun0", "veth12ab"});
  CHECK(names(choose({"lo"}, {})) == texts{"lo"});
  CHECK(names(choose({"wlan*"}, {})).empty());
}

TEST_CASE("interfaces: what is excluded is not used, even if it is included") {
  CHECK(names(choose({}, {"docker*"})) == texts{"eth0"});
  CHECK(names(choose({"eth*", "docker0"}, {"docker0"})) == texts{"eth0"});
}

TEST_CASE("interfaces: a network means the addresses in it") {
  auto included = choose({"192.168.0.0/16"}, {});
  REQUIRE(names(included) == texts{"eth0"});
  CHECK(included[0].addresses == texts{"192.168.1.5"});
  CHECK(included[0].v4_source == "192.168.1.5");
  CHECK_FALSE(included[0].v6);
  auto excluded = choose({}, {"2001:db8::/32", "172.16.0.0/12"});
  REQUIRE(names(excluded) == texts{"eth0"});
  CHECK(excluded[0].addresses == texts{"192.168.1.5", "fe80::2"});
  CHECK(names(choose({"172.17.0.1"}, {})) == texts{"docker0"});
  CHECK(names(choose({"0.0.0.0/0"}, {"10.8.0.2/31"})) == texts{"lo", "eth0", "docker0"});
}

TEST_CASE("interfaces: addresses of one link come behind those that are valid everywhere") {
  auto x = choose({"eth0"}, {});
  REQUIRE(x.size() == 1);
  CHECK(x[0].addresses == texts{"192.168.1.5", "2001:db8::5", "fe80::2"});
  CHECK(x[0].v6);
}

TEST_CASE("interfaces: a node that listens on IPv4 only announces nothing else") {
  auto x = choose({}, {}, "0.0.0.0");
  REQUIRE(names(x) == texts{"eth0", "docker0"});
  CHECK(x[0].addresses == texts{"192.168.1.5"});
  CHECK_FALSE(x[0].v6);
}

TEST_CASE("interfaces: a node that listens on one address uses its interface and tells only it") {
  auto x = choose({}, {}, "172.17.0.1");
  REQUIRE(names(x) == texts{"docker0"});
  CHECK(x[0].addresses == texts{"172.17.0.1"});
  auto v6 = choose({}, {}, "2001:db8::5");
  REQUIRE(names(v6) == texts{"eth0"});
  CHECK(v6[0].addresses == texts{"2001:db8::5"});
  CHECK(v6[0].v4_source.empty());
  CHECK(choose({}, {}, "192.168.1.6").empty());
  CHECK(choose({}, {"eth0"}, "192.168.1.5").empty());
}

TEST_CASE("interfaces: a node on a loopback address uses the loopback interface over IPv4") {
  auto x = choose({}, {}, "127.0.0.5");
  REQUIRE(names(x) == texts{"lo"});
  CHECK(x[0].v4_source == "127.0.0.5");
  CHECK(x[0].addresses == texts{"127.0.0.5"});
  CHECK_FALSE(x[0].v6);
  auto v6 = choose({}, {}, "::1");
  REQUIRE(names(v6) == texts{"lo"});
  CHECK(v6[0].v4_source == "127.0.0.1");
  CHECK(v6[0].addresses == texts{"::1"});
}

TEST_CASE("interfaces: there are never more than the limit") {
  std::vector<network_interface> many;
  for (unsigned i = 1; i <= interfaces_max + 5; ++i)
    many.push_back(card(i, "eth" + std::to_string(i), {address("10.0.0." + std::to_string(i), 8)}));
  CHECK(choose({}, {}, "::", many).size() == interfaces_max);
}

TEST_CASE("interfaces: texts that mean nothing are refused by name") {
  for (auto* text : {"", "10.0.0.0/33", "10.0.0.0/x", "10.0.0.0/", "300.1.1.1", "fe80::/129",
                     "eth0/24", "eth 0", "fe80::1%eth0", "::g"}) {
    CAPTURE(text);
    auto included = interface_choice::parse({"eth0", text}, {});
    REQUIRE_FALSE(included);
    CHECK(included.error() == errc::invalid_config);
    CHECK(included.error().context.starts_with("include: \"" + std::string{text} + "\""));
    auto excluded = interface_choice::parse({}, {text});
    REQUIRE_FALSE(excluded);
    CHECK(excluded.error().context.starts_with("exclude: "));
  }
  CHECK(interface_choice::parse({"eth0.100", "e[mn]*", "::/0", "10.0.0.1"}, {}));
}

TEST_CASE("interfaces: a packet names the addresses of its interface first") {
  auto all = choose({}, {});
  auto said = announced(all[1], all, 9100);
  CHECK(hosts(said) == texts{"172.17.0.1", "192.168.1.5", "2001:db8::5"});
  for (auto& x : said)
    CHECK(x.port == 9100);
  CHECK(hosts(announced(all[0], all, 1))
        == texts{"192.168.1.5", "2001:db8::5", "fe80::2", "172.17.0.1"});
}

TEST_CASE("interfaces: loopback addresses do not leave by other interfaces") {
  auto all = choose({"lo", "docker0"}, {}, "0.0.0.0");
  REQUIRE(names(all) == texts{"lo", "docker0"});
  CHECK(hosts(announced(all[0], all, 1)) == texts{"127.0.0.1", "172.17.0.1"});
  CHECK(hosts(announced(all[1], all, 1)) == texts{"172.17.0.1"});
}

TEST_CASE("interfaces: a packet names each address once, and no more than the limit") {
  std::vector<interface_address> addresses;
  for (int i = 1; i <= 20; ++i)
    addresses.push_back(address("10.0.0." + std::to_string(i), 8));
  auto all = choose({}, {}, "::", {card(1, "eth0", addresses), card(2, "eth1", addresses)});
  CHECK(announced(all[0], all, 1).size() == limits::endpoints_max);
  all[0].addresses = {"10.0.0.1", "10.0.0.1"};
  all[1].addresses = {"10.0.0.1"};
  CHECK(hosts(announced(all[0], all, 1)) == texts{"10.0.0.1"});
}

TEST_CASE("interfaces: an address of one link is told apart by its interface") {
  CHECK(with_scope("fe80::1", 3) == "fe80::1%3");
  CHECK(with_scope("fe80::1%eth0", 3) == "fe80::1%eth0");
  CHECK(with_scope("2001:db8::1", 3) == "2001:db8::1");
  CHECK(with_scope("169.254.0.1", 3) == "169.254.0.1");
}

TEST_CASE("interfaces: a numeric host stays as it is") {
  auto x = numeric({"10.0.0.5", 7});
  REQUIRE(x);
  CHECK(*x == endpoint{"10.0.0.5", 7});
}
