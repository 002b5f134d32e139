#include "troupe/internal/write_batch.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

using namespace troupe::internal;

namespace {

struct writer final : deferred_writer {
  writer(std::string n, std::vector<std::string>& o) : name(std::move(n)), out(&o) {}
  void write_now() override {
    CHECK(write_batch::current() == nullptr); // what it sends now is not put off again
    out->push_back(name);
  }

  std::string name;
  std::vector<std::string>* out;
};

} // namespace

TEST_CASE("write_batch: at its end each writer writes once, in the order in which they came") {
  std::vector<std::string> out;
  auto a = std::make_shared<writer>("a", out);
  auto b = std::make_shared<writer>("b", out);
  {
    write_batch x;
    REQUIRE(write_batch::current() == &x);
    CHECK_FALSE(x.has(b.get()));
    CHECK(x.add(b));
    CHECK(x.add(a));
    CHECK(x.has(b.get()));
    CHECK(out.empty());
  }
  CHECK(out == std::vector<std::string>{"b", "a"});
  CHECK(write_batch::current() == nullptr);
}

TEST_CASE("write_batch: of nested ones the outermost counts") {
  std::vector<std::string> out;
  {
    write_batch outer;
    {
      write_batch inner;
      CHECK(write_batch::current() == &outer);
      CHECK(write_batch::current()->add(std::make_shared<writer>("x", out)));
    }
    CHECK(write_batch::current() == &outer);
    CHECK(out.empty());
  }
  CHECK(out.size() == 1);
}

TEST_CASE("write_batch: a writer lives until it has written") {
  std::vector<std::string> out;
  auto a = std::make_shared<writer>("a", out);
  std::weak_ptr<writer> seen = a;
  {
    write_batch x;
    CHECK(x.add(std::move(a)));
    CHECK_FALSE(seen.expired());
  }
  CHECK(seen.expired());
  CHECK(out.size() == 1);
}

TEST_CASE("write_batch: keeps so many writers and no more") {
  std::vector<std::string> out;
  {
    write_batch x;
    for (size_t i = 0; i < write_batch::writers_max; ++i)
      CHECK(x.add(std::make_shared<writer>("w", out)));
    CHECK_FALSE(x.add(std::make_shared<writer>("w", out)));
  }
  CHECK(out.size() == write_batch::writers_max);
}

TEST_CASE("write_batch: each thread has its own") {
  write_batch mine;
  std::optional<bool> other;
  std::thread{[&] { other = write_batch::current() != nullptr; }}.join();
  CHECK(other == false);
  CHECK(write_batch::current() == &mine);
}
