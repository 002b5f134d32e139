#include "troupe/actors/internal/read_stack.hpp"

#include <doctest/doctest.h>

#include <string>

using troupe::actors::internal::read_stack;

namespace {

constexpr size_t columns = 20;

// What is sent for the prompt, with the prompt in brackets.
std::string shown(read_stack& reads) {
  auto v = reads.show(columns);
  return v.before + '[' + v.prompt + ']' + v.typed;
}

} // namespace

TEST_CASE("read_stack: the newest read gets the next line, then the older one resumes") {
  read_stack reads;
  CHECK_FALSE(reads.newest());
  auto older = reads.push("one> ");
  auto newer = reads.push("two> ");
  CHECK(reads.newest() == newer);
  CHECK(shown(reads) == "[two> ]");
  CHECK(reads.pop() == newer);
  CHECK(shown(reads) == "[one> ]");
  CHECK(reads.pop() == older);
  CHECK_FALSE(reads.newest());
}

TEST_CASE("read_stack: what was typed for a read comes back once when it resumes") {
  read_stack reads;
  auto older = reads.push("one> ");
  CHECK(shown(reads) == "[one> ]");
  REQUIRE(reads.push("two> "));
  reads.keep_typed(*older, "abc");
  CHECK(shown(reads) == "[two> ]");
  reads.pop();
  CHECK(shown(reads) == "[one> ]abc");
  CHECK(shown(reads) == "[one> ]");
}

TEST_CASE("read_stack: a read too many is refused") {
  read_stack reads;
  for (size_t i = 0; i < read_stack::reads_max; ++i)
    REQUIRE(reads.push(""));
  CHECK_FALSE(reads.push(""));
  reads.pop();
  CHECK(reads.push(""));
}

TEST_CASE("read_stack: a prompt starts on a fresh line") {
  read_stack reads;
  reads.push("> ");
  SUBCASE("nothing written") {
    CHECK(shown(reads) == "[> ]");
  }
  SUBCASE("whole lines written") {
    CHECK(reads.write("a\nb\n", columns) == "a\nb\n");
    CHECK(shown(reads) == "[> ]");
  }
  SUBCASE("an unfinished line written") {
    CHECK(reads.write("a\nb", columns) == "a\nb");
    CHECK(shown(reads) == "\n[> ]");
  }
}

TEST_CASE("read_stack: output continues an unfinished line above the prompt") {
  read_stack reads;
  reads.push("> ");
  (void)reads.write(".", columns);
  CHECK(shown(reads) == "\n[> ]");
  CHECK(reads.write(".", columns) == "\x1b[A\r..");
  CHECK(shown(reads) == "\n[> ]");
  CHECK(reads.write("\nx\n", columns) == "\x1b[A\r..\nx\n");
  CHECK(shown(reads) == "[> ]");
  CHECK(reads.write("y\n", columns) == "y\n");
}

TEST_CASE("read_stack: an unfinished line that fills the screen's width is not continued") {
  read_stack reads;
  reads.push("> ");
  (void)reads.write(std::string(columns, 'x'), columns);
  CHECK(shown(reads) == "\n[> ]");
  CHECK(reads.write("y", columns) == "y");
  CHECK(reads.write("z", columns) == "z");
}

TEST_CASE("read_stack: a line that the user ends finishes the program's") {
  read_stack reads;
  reads.push("> ");
  (void)reads.write("abc", columns);
  CHECK(shown(reads) == "\n[> ]");
  reads.pop();
  reads.line_ended();
  CHECK(reads.write("d\n", columns) == "d\n");
}

TEST_CASE("read_stack: a read without prompt takes the unfinished line as its prompt") {
  read_stack reads;
  (void)reads.write("name? ", columns);
  reads.push("");
  CHECK(shown(reads) == "\r[name? ]");
  SUBCASE("output continues it") {
    CHECK(reads.write("(first) ", columns) == "name? (first) ");
    CHECK(shown(reads) == "\r[name? (first) ]");
  }
  SUBCASE("a newer read's prompt comes below it") {
    reads.push("> ");
    CHECK(shown(reads) == "name? \n[> ]");
  }
  SUBCASE("not when it moves the cursor") {
    (void)reads.write("\x1b[1m", columns);
    CHECK(shown(reads) == "\n[]");
  }
}

TEST_CASE("read_stack: of a prompt of many lines the last one is the prompt") {
  read_stack reads;
  reads.push("Pick one\nor two: ");
  CHECK(shown(reads) == "Pick one\n[or two: ]");
  CHECK(reads.write("x\n", columns) == "x\n");
  CHECK(shown(reads) == "[or two: ]");
}

TEST_CASE("read_stack: an endless unfinished line is kept in part") {
  read_stack reads;
  for (int i = 0; i < 100; ++i)
    (void)reads.write(std::string(1000, 'x'), 1'000'000);
  reads.push("> ");
  (void)reads.show(1'000'000);
  CHECK(reads.write("y", 1'000'000).size() < 10'000);
}

TEST_CASE("read_stack: a console's read comes after all others, whenever it came") {
  read_stack reads;
  auto question = reads.push("name? ");
  auto console = reads.push_last("1> ");
  CHECK(reads.newest() == question);
  auto second = reads.push("age? ");
  CHECK(reads.pop() == second);
  CHECK(reads.pop() == question);
  CHECK(reads.newest() == console);
}

TEST_CASE("read_stack: a prompt can change while its read waits") {
  read_stack reads;
  auto console = reads.push_last("7> ");
  CHECK(reads.reprompt(*console, "1> "));
  CHECK(reads.show(80).prompt == "1> ");
  reads.pop();
  CHECK_FALSE(reads.reprompt(*console, "2> "));
}
