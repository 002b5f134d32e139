// Forward declarations of the public types.
//
// Erlang counterpart: none.
// Threads: declarations only.

#pragma once

namespace troupe {

class atom;
class clock;
class fiber;
class io;
class node;
class node_name;
class process;
class term;
struct config;
struct error;
struct fun;
struct pid;
struct reference;
struct send_options;
struct signal;
struct spawn_options;
struct spawn_what;
template <class T>
class result;
template <class T>
class task;

namespace internal {
class node_core;
class process_table;
class net_kernel;
class signal_carrier;
class timer_service;
struct info_reader;
} // namespace internal

} // namespace troupe
