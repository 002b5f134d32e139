#include "troupe/discovery/dns_records.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace troupe::discovery;
using namespace std::chrono_literals;

namespace {

constexpr uint16_t cname = 5;

std::string u16(size_t x) {
  return {static_cast<char>(x >> 8), static_cast<char>(x)};
}

std::string label(const std::string& x) {
  return static_cast<char>(x.size()) + x;
}

const std::string end_of_name(1, '\0');
const std::string question_name = "\xC0\x0C"; // Points to the question.

struct message {
  std::string text = "id" + u16(0x8180) + u16(1) + u16(0) + u16(0) + u16(0) + label("app")
                     + label("test") + end_of_name + u16(1) + u16(1);
  size_t answers = 0;

  message& add(uint16_t type, uint32_t ttl, const std::string& data, uint16_t space = 1) {
    text += question_name + u16(type) + u16(space) + u16(ttl >> 16) + u16(ttl & 0xFFFF)
            + u16(data.size()) + data;
    text.replace(6, 2, u16(++answers));
    return *this;
  }
  [[nodiscard]] std::optional<std::vector<dns_record>> read(dns_type type) const {
    return read_bytes(text, type);
  }
  static std::optional<std::vector<dns_record>> read_bytes(const std::string& bytes,
                                                           dns_type type) {
    return read_dns_records({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()},
                            type);
  }
};

std::string srv(uint16_t port, const std::string& target) {
  return u16(10) + u16(5) + u16(port) + target;
}

using records = std::vector<dns_record>;

} // namespace

TEST_CASE("dns_records: addresses are read with their lifetimes, other types are passed over") {
  message m;
  m.add(1, 30, {10, 0, 0, 1}).add(28, 60, std::string("\xFD", 1) + std::string(14, '\0') + '\1');
  m.add(16, 1, "text").add(1, 0, {10, 0, 0, 2}).add(1, 5, {10, 0, 0, 3}, 3);
  CHECK(m.read(dns_type::a) == records{{"10.0.0.1", 0, 30s}, {"10.0.0.2", 0, 0s}});
  CHECK(m.read(dns_type::aaaa) == records{{"fd00::1", 0, 60s}});
  CHECK(m.read(dns_type::srv) == records{});
}

TEST_CASE("dns_records: an alias that lives shorter shortens the lives of what it leads to") {
  message m;
  m.add(cname, 7, label("x") + question_name).add(1, 30, {10, 0, 0, 1});
  CHECK(m.read(dns_type::a) == records{{"10.0.0.1", 0, 7s}});
}

TEST_CASE("dns_records: a lifetime with the highest bit set is none") {
  CHECK(message{}.add(1, 0x80000000, {1, 2, 3, 4}).read(dns_type::a)->front().ttl == 0s);
  CHECK(message{}.add(1, 0x7FFFFFFF, {1, 2, 3, 4}).read(dns_type::a)->front().ttl == 2147483647s);
}

TEST_CASE("dns_records: services have a target and a port") {
  message m;
  m.add(33, 9, srv(9100, label("n1") + question_name));
  m.add(33, 9, srv(9101, label("n2") + label("test") + end_of_name));
  CHECK(m.read(dns_type::srv) == records{{"n1.app.test", 9100, 9s}, {"n2.test", 9101, 9s}});
}

TEST_CASE("dns_records: services without a usable target are left out") {
  message m;
  m.add(33, 9, srv(9100, end_of_name)).add(33, 9, srv(0, label("n") + end_of_name));
  m.add(33, 9, srv(1, label("a b") + end_of_name)).add(33, 9, srv(1, label("a.b\n") + end_of_name));
  CHECK(m.read(dns_type::srv) == records{});
}

TEST_CASE("dns_records: a message that ends anywhere before its end is refused") {
  message m;
  m.add(33, 9, srv(9100, label("n1") + question_name)).add(1, 30, {10, 0, 0, 1});
  for (size_t size = 0; size < m.text.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(message::read_bytes(m.text.substr(0, size), dns_type::srv));
    CHECK_FALSE(message::read_bytes(m.text.substr(0, size), dns_type::a));
  }
  CHECK(m.read(dns_type::a)->size() == 1);
}

TEST_CASE("dns_records: names that point in circles and data of another length are refused") {
  message circle;
  auto here = static_cast<char>(circle.text.size());
  circle.text += std::string{'\xC0', here};
  circle.text.replace(6, 2, u16(1));
  CHECK_FALSE(circle.read(dns_type::a));
  CHECK_FALSE(message{}.add(1, 1, "abc").read(dns_type::a));
  CHECK_FALSE(message{}.add(28, 1, "abcd").read(dns_type::aaaa));
  CHECK_FALSE(message{}.add(33, 1, srv(1, label("n") + end_of_name) + "x").read(dns_type::srv));
  CHECK_FALSE(message{}.add(33, 1, srv(1, "\x40" + end_of_name)).read(dns_type::srv));
}

TEST_CASE("dns_records: only some outcomes say something about the name") {
  CHECK(is_answer(dns_status::ok));
  CHECK(is_answer(dns_status::no_data));
  CHECK(is_answer(dns_status::no_name));
  CHECK_FALSE(is_answer(dns_status::server_failure));
  CHECK_FALSE(is_answer(dns_status::timeout));
  CHECK(to_string(dns_status::no_name) == "there is no such name (NXDOMAIN)");
}
