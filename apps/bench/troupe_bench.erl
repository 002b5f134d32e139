%% The same workloads on Erlang: two nodes, of which the near one measures.
-module(troupe_bench).
-export([near/1, far/0, echo/1, sink/3, nothing/0, report_to/1, wait/0]).

far() ->
    io:format("ready~n"),
    _ = io:get_line(""),
    halt(0).

near(Far) ->
    pong = net_adm:ping(Far),
    io:format("ready~n"),
    serve(Far).

serve(Far) ->
    case io:get_line("") of
        eof -> halt(0);
        Line ->
            ["run", Name, Count, Parameter] = string:lexemes(Line, " \n"),
            io:format("~s~n", [answer(run(Name, list_to_integer(Count), list_to_integer(Parameter), Far))]),
            serve(Far)
    end.

answer({Value, {A, B, C}}) -> io_lib:format("= ~w ~w ~w ~w", [Value, A, B, C]);
answer(none) -> "! not measured on Erlang";
answer(Value) -> io_lib:format("= ~w", [Value]).

now_ns() -> erlang:monotonic_time(nanosecond).
seconds_since(T) -> (now_ns() - T) / 1.0e9.

percentiles(Times) ->
    Sorted = list_to_tuple(lists:sort(Times)),
    N = tuple_size(Sorted),
    Of = fun(P) -> element(max(1, min(N, ceil(P * N))), Sorted) / 1.0e9 end,
    {Of(0.5), Of(0.99), Of(0.999)}.

run("rtt-" ++ _, Count, Pairs, Far) ->
    {Total, Times} = round_trips(Count, Pairs, Far),
    case Pairs of
        1 -> {Total / Count, percentiles(Times)};
        _ -> {Count / Total, percentiles(Times)}
    end;
run("oneway-" ++ _, Count, Senders, Far) -> Count / one_way(Far, Count, Senders, 1);
run("blob-" ++ _, Count, Size, Far) -> Count * Size / one_way(Far, Count, 1, binary:copy(<<"x">>, Size));
run("spawn", Count, _, Far) ->
    Begin = now_ns(),
    [spawn(Far, ?MODULE, nothing, []) || _ <- lists:seq(1, Count)],
    seconds_since(Begin) / Count;
run("spawn-pipelined", Count, _, Far) ->
    Begin = now_ns(),
    [spawn_request(Far, ?MODULE, nothing, []) || _ <- lists:seq(1, Count)],
    [receive {spawn_reply, _, ok, _} -> ok end || _ <- lists:seq(1, Count)],
    Count / seconds_since(Begin);
run("local-spawn", Count, _, _) ->
    Self = self(),
    Begin = now_ns(),
    [spawn(?MODULE, report_to, [Self]) || _ <- lists:seq(1, Count)],
    [receive done -> ok end || _ <- lists:seq(1, Count)],
    Count / seconds_since(Begin);
run("local-oneway", Count, _, _) -> Count / one_way(node(), Count, 1, 1);
run("local-pingpong", Count, _, _) ->
    {Total, _} = round_trips(Count, 1, node()),
    Total / Count;
run("process-bytes", Count, _, _) ->
    Before = erlang:memory(processes_used),
    All = [spawn(?MODULE, wait, []) || _ <- lists:seq(1, Count)],
    After = erlang:memory(processes_used),
    [exit(P, kill) || P <- All],
    (After - Before) / Count;
run("ping-in-transfer", Count, Size, Far) ->
    Blob = binary:copy(<<"x">>, Size),
    Self = self(),
    spawn_link(fun() -> one_way(Far, Count, 1, Blob), Self ! transferred end),
    Echo = spawn(Far, ?MODULE, echo, [self()]),
    Times = ping_until_transferred(Echo, []),
    exit(Echo, kill),
    {_, P99, _} = Spread = percentiles(Times),
    {P99, Spread};
run("connect", Count, _, Far) ->
    Begin = now_ns(),
    [begin _ = erlang:disconnect_node(Far), connect(Far) end || _ <- lists:seq(1, Count)],
    Count / seconds_since(Begin);
run(_, _, _, _) -> none.

connect(Far) ->
    case net_kernel:connect_node(Far) of true -> ok; false -> connect(Far) end.

ping_until_transferred(Echo, Times) ->
    Begin = now_ns(),
    Echo ! 1,
    receive 1 -> ok end,
    More = [now_ns() - Begin | Times],
    receive transferred -> More after 0 -> ping_until_transferred(Echo, More) end.

round_trips(Count, Pairs, At) ->
    Self = self(),
    Each = Count div Pairs,
    Workers = [spawn_link(fun() ->
        Echo = spawn(At, ?MODULE, echo, [self()]),
        Echo ! 1,
        receive 1 -> ok end,
        Self ! ready,
        receive go -> ok end,
        Times = ping(Echo, Each, []),
        exit(Echo, kill),
        Self ! {times, Times}
    end) || _ <- lists:seq(1, Pairs)],
    [receive ready -> ok end || _ <- Workers],
    Begin = now_ns(),
    [W ! go || W <- Workers],
    Times = [receive {times, T} -> T end || _ <- Workers],
    Total = seconds_since(Begin),
    {Total, lists:append(Times)}.

ping(_, 0, Times) -> Times;
ping(Echo, N, Times) ->
    Begin = now_ns(),
    Echo ! 1,
    receive 1 -> ok end,
    ping(Echo, N - 1, [now_ns() - Begin | Times]).

%% Ends with the last receipt, whose time the sink tells: both nodes are on one machine.
one_way(At, Count, Senders, Message) ->
    Sink = spawn(At, ?MODULE, sink, [self(), Count div Senders * Senders, none]),
    receive sinking -> ok end,
    Begin = erlang:system_time(nanosecond),
    [spawn_link(fun() -> flood(Sink, Message, Count div Senders) end) || _ <- lists:seq(1, Senders)],
    receive {sunk, End} -> (End - Begin) / 1.0e9 end.

flood(_, _, 0) -> ok;
flood(Sink, Message, N) -> Sink ! Message, flood(Sink, Message, N - 1).

sink(Owner, 0, _) -> Owner ! {sunk, erlang:system_time(nanosecond)};
sink(Owner, N, none) -> Owner ! sinking, sink(Owner, N, begun);
sink(Owner, N, begun) -> receive _ -> sink(Owner, N - 1, begun) end.

echo(Owner) -> receive X -> Owner ! X, echo(Owner) end.
nothing() -> ok.
report_to(Owner) -> Owner ! done.
wait() -> receive stop -> ok end.
