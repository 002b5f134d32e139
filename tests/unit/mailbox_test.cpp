#include "troupe/internal/mailbox.hpp"

#include <caf/make_message.hpp>
#include <doctest/doctest.h>

#include <thread>
#include <vector>

using troupe::internal::mailbox;
using inbox_result = caf::intrusive::inbox_result;

namespace {

mailbox::element_ptr mail(int x) {
  return caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, x);
}

inbox_result push_into(mailbox& box, mailbox::element_ptr x) {
  return box.push(x);
}

int number(mailbox::element& x) {
  return x.content().get_as<int>(0);
}

struct fixture {
  void push(std::initializer_list<int> xs) {
    for (auto x : xs)
      CHECK(push_into(box, mail(x)) == inbox_result::success);
  }
  void fetch() {
    box.fetch([this](mailbox::element_ptr x) { box.append(std::move(x)); });
  }
  /// Takes the next message that `want` is true for; 0 when there is none.
  template <class F>
  int take(F want) {
    int result = 0;
    box.scan([&](mailbox::element& x) { return want(number(x)) && (result = number(x)) != 0; });
    return result;
  }
  int take_any() {
    return take([](int) { return true; });
  }
  /// All that is left, in order.
  std::vector<int> drain() {
    std::vector<int> result;
    box.rewind();
    while (auto x = take_any())
      result.push_back(x);
    return result;
  }

  mailbox box;
};

} // namespace

TEST_CASE_FIXTURE(fixture, "mailbox: messages come in the order in which they were pushed") {
  push({1, 2, 3});
  fetch();
  push({4});
  fetch();
  CHECK(box.size() == 4);
  CHECK(drain() == std::vector{1, 2, 3, 4});
  CHECK(box.size() == 0);
}

TEST_CASE_FIXTURE(fixture, "mailbox: what was pushed is not there before it is fetched") {
  push({1});
  CHECK(box.size() == 0);
  CHECK(drain().empty());
  fetch();
  CHECK(drain() == std::vector{1});
}

TEST_CASE_FIXTURE(fixture,
                  "mailbox: a selective receive takes the oldest that fits and leaves the rest") {
  push({1, 2, 3, 4});
  fetch();
  auto even = [](int x) { return x % 2 == 0; };
  box.rewind();
  CHECK(take(even) == 2);
  box.rewind();
  CHECK(take(even) == 4);
  CHECK(drain() == std::vector{1, 3});
}

TEST_CASE_FIXTURE(fixture, "mailbox: a waiting receive looks at each message once") {
  push({1, 2});
  fetch();
  std::vector<int> seen;
  auto never = [&](int x) { return seen.push_back(x), false; };
  box.rewind();
  CHECK(take(never) == 0);
  push({3});
  fetch();
  CHECK(take(never) == 0);
  CHECK(seen == std::vector{1, 2, 3});
  box.rewind();
  CHECK(take_any() == 1);
}

TEST_CASE_FIXTURE(fixture, "mailbox: the last message can be taken and others appended after it") {
  push({1, 2});
  fetch();
  box.rewind();
  CHECK(take([](int x) { return x == 2; }) == 2);
  push({3});
  fetch();
  CHECK(drain() == std::vector{1, 3});
  push({4});
  fetch();
  CHECK(drain() == std::vector{4});
}

TEST_CASE_FIXTURE(fixture, "mailbox: erasing removes all that fit, first and last too") {
  push({1, 2, 3, 4, 5});
  fetch();
  box.erase_if([](mailbox::element& x) { return number(x) % 2 == 1; });
  CHECK(box.size() == 2);
  push({6});
  fetch();
  CHECK(drain() == std::vector{2, 4, 6});
  box.clear();
  CHECK(box.size() == 0);
}

TEST_CASE_FIXTURE(fixture,
                  "mailbox: who pushes into an empty, blocked mailbox is told to wake the reader") {
  CHECK(box.try_block());
  CHECK(push_into(box, mail(1)) == inbox_result::unblocked_reader);
  CHECK(push_into(box, mail(2)) == inbox_result::success);
  CHECK_FALSE(box.try_block());
  fetch();
  CHECK(drain() == std::vector{1, 2});
  CHECK(box.try_block());
}

TEST_CASE_FIXTURE(fixture,
                  "mailbox: a closed mailbox gives back what it held and takes nothing more") {
  push({1, 2, 3});
  std::vector<int> rest;
  auto collect = [&](mailbox::element_ptr x) { rest.push_back(number(*x)); };
  box.close(collect);
  CHECK(rest == std::vector{1, 2, 3});
  auto late = mail(4);
  CHECK(box.push(late) == inbox_result::queue_closed);
  REQUIRE(late); // the sender can answer it
  CHECK(number(*late) == 4);
  box.close(collect);
  CHECK(rest.size() == 3);
}

TEST_CASE("mailbox: what is in a mailbox goes with it") {
  auto counted = caf::make_message(7);
  auto push = [&](mailbox& box) {
    push_into(box, caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, counted));
  };
  {
    mailbox box;
    push(box);
    box.fetch([&](mailbox::element_ptr x) { box.append(std::move(x)); });
    push(box); // one in the queue now, one in the inbox
    CHECK_FALSE(counted.vals()->get_reference_count() == 1);
  }
  CHECK(counted.vals()->get_reference_count() == 1);
}

TEST_CASE_FIXTURE(fixture, "mailbox: the messages of each of many threads stay in order") {
  constexpr int threads = 4, each = 1'000;
  std::vector<std::thread> senders;
  for (int t = 0; t < threads; ++t)
    senders.emplace_back([this, t] {
      for (int i = 1; i <= each; ++i)
        push_into(box, mail(t * each + i));
    });
  std::vector<int> last(threads, 0);
  auto in_order = true;
  for (int n = 0; n < threads * each;) {
    box.fetch([&](mailbox::element_ptr x) {
      auto i = number(*x) - 1;
      in_order = in_order && last[static_cast<size_t>(i / each)]++ == i % each;
      ++n;
    });
    std::this_thread::yield();
  }
  for (auto& x : senders)
    x.join();
  CHECK(in_order);
}
