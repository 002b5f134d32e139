# Put before every scenario. `show` prints a line that is compared; `tell` has the driver do something to another
# node (see scenario.py) and waits until it is done; `await` waits until a condition holds, five seconds at most;
# `mail` takes one message, or :nothing when none comes within so many milliseconds; `fails` evaluates and shows how
# that ended.
show = fn id, value -> IO.puts("#{id}: #{inspect(value, width: 10000, limit: 10000)}") end
tell = fn order -> IO.puts("@" <> order); IO.gets(""); :ok end
await = fn condition ->
  Enum.reduce_while(1..500, false, fn _, _ ->
    if condition.(), do: {:halt, true}, else: (Process.sleep(10); {:cont, false})
  end)
end
mail = fn patience -> receive do x -> x after patience -> :nothing end end
on = fn name -> :"#{name}@127.0.0.1" end
fails = fn f -> try do f.() catch kind, reason -> {kind, reason} end end
