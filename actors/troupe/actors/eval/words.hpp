// Atoms that quoted code and failures are made of.
//
// Threads: constants.

#pragma once

#include "troupe/atom.hpp"

namespace troupe::actors::eval::words {

// -- structure ------------------------------------------------------------------------------------
inline const atom fn{"fn"}, arrow{"->"}, when{"when"}, block{"__block__"}, aliases{"__aliases__"};
inline const atom dot{"."}, tuple{"{}"}, map{"%{}"}, structure{"%"}, binary{"<<>>"}, type{"::"};
inline const atom bar{"|"}, pin{"^"}, capture{"&"}, match{"="}, generator{"<-"}, pipe{"|>"};
inline const atom range{".."}, stepped_range{"..//"}, concat{"<>"}, append{"++"}, slash{"/"};
inline const atom minus{"-"}, plus{"+"}, not_{"not"}, and_{"and"}, or_{"or"}, in{"in"};
inline const atom both{"&&"}, either{"||"}, underscore{"_"}, line{"line"};
inline const atom quote{"quote"}, stacktrace{"__STACKTRACE__"};

// -- special forms --------------------------------------------------------------------------------
inline const atom if_{"if"}, unless{"unless"}, case_{"case"}, cond{"cond"}, receive{"receive"};
inline const atom try_{"try"}, with{"with"}, for_{"for"}, binding{"binding"}, matches{"match?"};
inline const atom do_{"do"}, else_{"else"}, after{"after"}, rescue{"rescue"}, catch_{"catch"};
inline const atom into{"into"}, uniq{"uniq"}, reduce{"reduce"};
inline const atom sigil_s{"sigil_s"}, sigil_S{"sigil_S"}, sigil_c{"sigil_c"}, sigil_C{"sigil_C"};
inline const atom sigil_w{"sigil_w"}, sigil_W{"sigil_W"};

// -- values ---------------------------------------------------------------------------------------
inline const atom nil{}, true_{"true"}, false_{"false"}, ok{"ok"}, error{"error"};
inline const atom infinity{"infinity"}, exit{"exit"}, throw_{"throw"}, normal{"normal"};
inline const atom struct_{"__struct__"}, exception{"__exception__"}, message{"message"};
inline const atom first{"first"}, last{"last"}, step{"step"}, erlang{"erlang"};
inline const atom kernel{"Elixir.Kernel"}, helpers{"Elixir.IEx.Helpers"},
  range_module{"Elixir.Range"};

// -- reasons of failures ------------------------------------------------------------------------
inline const atom badarg{"badarg"}, badarith{"badarith"}, badmatch{"badmatch"}, undef{"undef"};
inline const atom function_clause{"function_clause"}, case_clause{"case_clause"};
inline const atom cond_clause{"cond_clause"}, try_clause{"try_clause"}, badfun{"badfun"};
inline const atom badarity{"badarity"}, badkey{"badkey"}, badmap{"badmap"}, reason{"reason"};
inline const atom system_limit{"system_limit"}, shutdown{"shutdown"}, error_info{"error_info"};
inline const atom arguments{"arguments"}, term{"term"}, key{"key"}, module{"module"};
inline const atom function{"function"}, arity{"arity"}, value{"value"}, protocol{"protocol"};
inline const atom description{"description"}, original{"original"}, args{"args"};
inline const atom operator_{"operator"}, file{"file"}, not_loaded{"module could not be loaded"};
inline const atom not_exported{"function not exported"}, hints{"hints"},
  timeout_value{"timeout_value"};

} // namespace troupe::actors::eval::words
