#include "troupe/discovery/dns_spec.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace troupe;
using namespace troupe::discovery;

namespace {

dns_spec good(const std::string& text) {
  auto x = parse_dns_spec(text);
  if (!x)
    FAIL(x.error().context);
  return *x;
}

std::string why(const std::string& text) {
  auto x = parse_dns_spec(text);
  REQUIRE_FALSE(x);
  CHECK(x.error() == errc::invalid_config);
  return x.error().context;
}

} // namespace

TEST_CASE("dns_spec: names, ports, bases of names and services are read") {
  CHECK(good("app") == dns_spec{"", "app", {}, false});
  CHECK(good("tasks.app:9100") == dns_spec{"", "tasks.app", 9100, false});
  CHECK(good("app.local.") == dns_spec{"", "app.local.", {}, false});
  CHECK(good("n@app.local") == dns_spec{"n", "app.local", {}, false});
  CHECK(good("n@app.local:9100") == dns_spec{"n", "app.local", 9100, false});
  CHECK(good("_troupe._tcp.app.local") == dns_spec{"", "_troupe._tcp.app.local", {}, true});
  CHECK(good("n@_troupe._tcp.app") == dns_spec{"n", "_troupe._tcp.app", {}, true});
}

TEST_CASE("dns_spec: an error names the input and says what would be right") {
  CHECK(why("")
        == "'' cannot be asked of DNS: there is no name; give one, such as dns:app.local "
           "or dns:app.local:9100");
  CHECK(why("10.0.0.1:9100")
        == "'10.0.0.1:9100' cannot be asked of DNS: it is an address, not a "
           "name; give it with seeds:");
  CHECK(why("[::1]:1").find("give it with seeds:") != std::string::npos);
  CHECK(why("app:x")
        == "'app:x' cannot be asked of DNS: 'x' is no port; it must be a number from "
           "1 to 65535");
  CHECK(why("_troupe._tcp.app:9100")
        == "'_troupe._tcp.app:9100' cannot be asked of DNS: SRV records have ports of their own; "
           "leave the port out");
  CHECK(why("_troupe.app").find("_troupe._tcp.app.local") != std::string::npos);
  CHECK(why("a b@app").find("before '@'") != std::string::npos);
  CHECK(why("@app").find("before '@'") != std::string::npos);
  CHECK(why("a@b@c").find("neither a host's name") != std::string::npos);
}
