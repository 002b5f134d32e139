// TROUPE_FIELDS(x, a, b) is `x.a, x.b`.
//
// Erlang counterpart: none.
// Threads: preprocessor only.

#pragma once

#define TROUPE_PARENS ()
#define TROUPE_EXPAND(...)                                                                         \
  TROUPE_EXPAND3(TROUPE_EXPAND3(TROUPE_EXPAND3(TROUPE_EXPAND3(__VA_ARGS__))))
#define TROUPE_EXPAND3(...)                                                                        \
  TROUPE_EXPAND2(TROUPE_EXPAND2(TROUPE_EXPAND2(TROUPE_EXPAND2(__VA_ARGS__))))
#define TROUPE_EXPAND2(...)                                                                        \
  TROUPE_EXPAND1(TROUPE_EXPAND1(TROUPE_EXPAND1(TROUPE_EXPAND1(__VA_ARGS__))))
#define TROUPE_EXPAND1(...) __VA_ARGS__
#define TROUPE_FIELDS(x, ...) TROUPE_EXPAND(TROUPE_FIELDS_STEP(x, __VA_ARGS__))
#define TROUPE_FIELDS_STEP(x, field, ...)                                                          \
  x.field __VA_OPT__(, TROUPE_FIELDS_AGAIN TROUPE_PARENS(x, __VA_ARGS__))
#define TROUPE_FIELDS_AGAIN() TROUPE_FIELDS_STEP
