// The long explanations that Elixir gives with some syntax errors.
//
// Threads: constants.

#pragma once

#include <string_view>

namespace troupe::actors::eval::texts {

inline constexpr std::string_view before = "syntax error before: ";

inline constexpr std::string_view invalid_do
  = ". In case you wanted to write a \"do\" expression, you must either use do-blocks or separate "
    "the keyword argument with comma. For example, you should either write:\n\n"
    "    if some_condition? do\n"
    "      :this\n"
    "    else\n"
    "      :that\n"
    "    end\n\n"
    "or the equivalent construct:\n\n"
    "    if(some_condition?, do: :this, else: :that)\n\n"
    "where \"some_condition?\" is the first argument and the second argument is a keyword list.\n\n"
    "You may see this error if you forget a trailing comma before the \"do\" in a \"do\" block";

inline constexpr std::string_view do_after_fn
  = ". Anonymous functions are written as:\n\n    fn pattern -> expression end";

inline constexpr std::string_view call_of_alias
  = ". Function names and identifiers in Elixir start with lowercase characters or underscore. For "
    "example:\n\n"
    "    hello_world()\n"
    "    _starting_with_underscore()\n"
    "    numb3rs_are_allowed()\n"
    "    may_finish_with_question_mark?()\n"
    "    may_finish_with_exclamation_mark!()\n\n"
    "Unexpected token: ";

inline constexpr std::string_view letter_after_number
  = ". If you intended to write a number, make sure to separate the number from the character "
    "(using comma, space, etc). If you meant to write a function name or a variable, note that "
    "identifiers in Elixir cannot start with numbers. Unexpected token: ";

inline constexpr std::string_view comma_in_call
  = "unexpected comma. Parentheses are required to solve ambiguity in nested calls.\n\n"
    "This error happens when you have nested function calls without parentheses. For example:\n\n"
    "    one a, two b, c, d\n\n"
    "In the example above, we don't know if the parameters \"c\" and \"d\" apply to the function "
    "\"one\" or \"two\". You can solve this by explicitly adding parentheses:\n\n"
    "    one a, two(b, c, d)\n\n"
    "Or by adding commas (in case a nested call is not intended):\n\n"
    "    one, a, two, b, c, d\n\n"
    "Elixir cannot compile otherwise. Syntax error before: ";

inline constexpr std::string_view comma_in_container
  = "unexpected comma. Parentheses are required to solve ambiguity inside containers.\n\n"
    "This error may happen when you forget a comma in a list or other container:\n\n"
    "    [a, b c, d]\n\n"
    "Or when you have ambiguous calls:\n\n"
    "    [one, two three, four, five]\n\n"
    "In the example above, we don't know if the parameters \"four\" and \"five\" belongs to the "
    "list or the function \"two\". You can solve this by explicitly adding parentheses:\n\n"
    "    [one, two(three, four), five]\n\n"
    "Elixir cannot compile otherwise. Syntax error before: ";

inline constexpr std::string_view after_keywords_in_call
  = "unexpected expression after keyword list. Keyword lists must always come as the last "
    "argument. Therefore, this is not allowed:\n\n"
    "    function_call(1, some: :option, 2)\n\n"
    "Instead, wrap the keyword in brackets:\n\n"
    "    function_call(1, [some: :option], 2)\n\n"
    "Syntax error after: ";

inline constexpr std::string_view after_keywords_in_container
  = "unexpected expression after keyword list. Keyword lists must always come last in lists and "
    "maps. Therefore, this is not allowed:\n\n"
    "    [some: :value, :another]\n"
    "    %{some: :value, another => value}\n\n"
    "Instead, reorder it to be the last entry:\n\n"
    "    [:another, some: :value]\n"
    "    %{another => value, some: :value}\n\n"
    "Syntax error after: ";

inline constexpr std::string_view space_before_paren
  = "unexpected parentheses. If you are making a function call, do not insert spaces between the "
    "function name and the opening parentheses. Syntax error before: ";

inline constexpr std::string_view range_step
  = "the range step operator (//) must immediately follow the range definition operator (..), for "
    "example: 1..9//2. If you wanted to define a default argument, use (\\\\) instead. Syntax "
    "error "
    "before: ";

inline constexpr std::string_view late_clause
  = "unexpected operator ->. If you want to define multiple clauses, the first expression must use "
    "->. Syntax error before: ";

inline constexpr std::string_view alias_of_atom
  = "atom cannot be followed by an alias. If the '.' was meant to be part of the atom's name, the "
    "atom name must be quoted. Syntax error before: ";

inline constexpr std::string_view fn_without_clause
  = "expected anonymous functions to be defined with -> inside: ";

inline constexpr std::string_view reserved
  = "\" is a reserved word in Elixir and therefore its usage is limited. For instance, it can't be "
    "used as a variable or be defined nor invoked as a regular function";

} // namespace troupe::actors::eval::texts
