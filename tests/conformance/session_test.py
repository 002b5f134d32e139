"""The session that the README shows, on two terminals, through pipes, and from the command line.

What is typed is what was typed at two iex of Elixir 1.14 (Erlang/OTP 25); what is printed must be what
they printed, but for the numbers of processes and references.
"""

import re

import support

A = "multinode@127.0.0.1"
B = "multinode@127.0.0.2"
GETS = ('fn -> n = IO.gets("name? "); IO.puts("hello " <> String.trim(n) <> " from #{node()}") end')


class OnTerminals(support.Case):
    """Two terminals, every line of the screen compared."""

    def start(self):
        return self.terminal(A), self.terminal(B)

    def test_the_readme_session(self):
        a, b = self.start()
        a.say(":erlang.nodes", "[]")
        b.say(":erlang.nodes", "[]")
        a.say(f'Node.ping :"{B}"', ":pong")
        a.say(":erlang.nodes", f'[:"{B}"]')
        b.say(":erlang.nodes", f'[:"{A}"]')
        b.say("Node.list", f'[:"{A}"]')
        a.say(f'Node.spawn :"{B}", fn -> IO.puts :erlang.node end', "#PID<*>", B, in_order=False)
        a.say('Node.ping :"nosuch@127.0.0.2"', ":pang")
        self.gets(a)
        b.say("Process.register(self(), :shell)", "true")
        a.say(f'send({{:shell, :"{B}"}}, {{:hello, self()}})', "{:hello, #PID<0.*>}")
        b.say("flush()", "{:hello, #PID<*>}", ":ok")
        self.assertEqual(b.prompt(), f"troupe({B})6>")

    def gets(self, a):
        prompt = a.prompt()
        a.mark = len(a.lines()) - 1
        line = f'Node.spawn :"{B}", {GETS}'
        a.type(line)
        support.wait_until(lambda: a.lines()[-1] == "name?" and "#PID<" in "".join(a.lines()[a.mark:]),
                           lambda: f"no prompt of the other node\n{a}")
        a.type("joe")
        a.expect(f"{prompt} {line}", "#PID<*>", "name? joe", f"hello joe from {B}")

    def test_who_is_where(self):
        a, b = self.start()
        a.say("Node.self", f':"{A}"')
        a.say("Node.alive?", "true")
        a.say("Node.get_cookie", ":monster")
        a.say(f'Node.ping :"{B}"', ":pong")
        a.say('Node.ping :"multinode@127.0.0.9"', ":pang")
        a.say("Node.ping Node.self", ":pong")
        a.say(f'Node.spawn :"{B}", fn -> IO.inspect {{node(), self(), Process.group_leader()}} end', "#PID<*>",
              f'{{:"{B}", #PID<0.*>, #PID<*>}}', in_order=False)
        a.say("self()", "#PID<0.*>")
        a.say("Process.group_leader()", "#PID<0.*>")
        a.say("spawn(fn -> :timer.sleep(300) end)", "#PID<0.*>")
        a.say("Node.list([:visible, :this])", f'[:"{B}", :"{A}"]')

    def test_a_line_for_a_remote_reader(self):
        a, b = self.start()
        prompt = a.prompt()
        line = (f'me = self(); Node.spawn(:"{B}", fn -> send(me, {{:line, IO.gets("line for remote> ")}}) end); '
                "receive do m -> m end")
        a.mark = len(a.lines()) - 1
        a.type(line)
        support.wait_until(lambda: a.lines()[-1] == "line for remote>", lambda: f"no prompt of the other node\n{a}")
        a.type("typed at T1")
        a.expect(f"{prompt} {line}", "line for remote> typed at T1", '{:line, "typed at T1\\n"}')

    def test_a_reader_that_died_keeps_its_place(self):
        a, b = self.start()
        prompt = a.prompt()
        a.mark = len(a.lines()) - 1
        line = f'Node.spawn :"{B}", fn -> Process.register(self(), :reader); IO.puts("read: " <> IO.gets("name? ")) end'
        a.type(line)
        support.wait_until(lambda: a.lines()[-1] == "name?" and "#PID<" in "".join(a.lines()[a.mark:]),
                           lambda: f"no question of the other node\n{a}")
        b.say("Process.exit(Process.whereis(:reader), :kill)", "true")
        a.type("for nobody")
        a.expect(f"{prompt} {line}", "#PID<*>", "name? for nobody")
        a.say("1 + 1", "2")

    def test_a_node_that_is_not_there(self):
        a, b = self.start()
        warning = "** Can not start :erlang.apply"
        prompt = a.prompt()
        a.mark = len(a.lines()) - 1
        a.type('Node.spawn :"multinode@127.0.0.9", fn -> IO.puts :erlang.node end')
        support.wait_until(lambda: warning in "\n".join(a.lines()[a.mark:]), lambda: f"no warning\n{a}")
        shown = [support.normalise(x) for x in a.lines()[a.mark:]]
        self.assertIn("#PID<0.*>", shown)
        warned = [x for x in shown if warning in x]
        self.assertEqual(len(warned), 1)
        self.assertRegex(warned[0], r'^TIME \[warning\] .* on :"multinode@127\.0\.0\.9" \*\*$')
        a.say('Process.send({:shell, :"multinode@127.0.0.9"}, :again, [:noconnect])', ":noconnect")
        a.say('send({:shell, :"multinode@127.0.0.9"}, :lost)', ":lost")
        before = support.normalise(a.say("self()", "#PID<0.*>")[1])
        a.prompt()
        a.mark = len(a.lines()) - 1
        a.type('Node.spawn_link :"multinode@127.0.0.9", fn -> :ok end')
        support.wait_until(lambda: any("shell process exited with reason: no connection" in x for x in a.lines()[a.mark:]),
                           lambda: f"the shell did not end\n{a}")
        self.assertEqual(a.prompt(), f"troupe({A})1>")
        self.assertEqual(before, "#PID<0.*>")
        a.say("1 + 1", "2")

    def test_crashes_are_shown_where_the_spawner_is(self):
        a, b = self.start()
        a.say(f'Node.ping :"{B}"', ":pong")
        self.crash(a, f'Node.spawn :"{B}", fn -> raise "boom" end', "#PID<*>", "** (RuntimeError) boom")
        self.crash(a, f'Node.spawn :"{B}", Nomod, :nofun, [1]', "#PID<*>",
                   "** (UndefinedFunctionError) function Nomod.nofun/1 is undefined (module Nomod is not available)")
        a.say(f'Node.spawn_monitor :"{B}", fn -> exit(:bye) end', "{#PID<*>, #Reference<*>}")
        a.say("flush()", "{:DOWN, #Reference<*>, :process, #PID<*>, :bye}", ":ok")

    def crash(self, a, line, *expected):
        a.prompt()
        a.mark = len(a.lines()) - 1
        a.type(line)
        head = r'^TIME \[error\] Process #PID<\*> on node :"multinode@127\.0\.0\.2" raised an exception$'

        def shown():
            return [support.normalise(x) for x in a.lines()[a.mark:]]

        support.wait_until(lambda: all(x in shown() for x in expected) and any(re.match(head, x) for x in shown()),
                           lambda: f"expected {expected} and {head}\n{a}")
        a.prompt()

    def test_a_linked_process_over_there_takes_the_shell_with_it(self):
        a, b = self.start()
        a.say("x = 1", "1")
        a.prompt()
        a.mark = len(a.lines()) - 1
        a.type(f'Node.spawn_link :"{B}", fn -> raise "linked boom" end')
        support.wait_until(lambda: any(x.startswith("** (EXIT from #PID<0.") for x in a.lines()[a.mark:]),
                           lambda: f"the shell did not end\n{a}")
        lines = [support.normalise(x) for x in a.lines()]
        at = lines.index("** (EXIT from #PID<0.*>) shell process exited with reason: an exception was raised:")
        self.assertEqual(lines[at + 1], "    ** (RuntimeError) linked boom")
        support.wait_until(lambda: a.lines()[-1] == f"troupe({A})1>", lambda: f"no new shell\n{a}")

    def test_messages_by_name(self):
        a, b = self.start()
        b.say("Process.register(self(), :shell)", "true")
        a.say(f'Node.ping :"{B}"', ":pong")
        line = f'pid = Node.spawn(:"{A}", fn -> receive do m -> IO.inspect({{node(), m}}) end end)'
        b.say(line, "#PID<*>")
        b.say("send(pid, :hi)", ":hi", f'{{:"{A}", :hi}}', in_order=False)
        b.say(f'send({{:nobody, :"{A}"}}, :x)', ":x")
        b.say("send(:nobody, :x)", "** (ArgumentError) errors were found at the given arguments:", "",
              "  * 1st argument: invalid destination", "", "    :erlang.send(:nobody, :x)")
        a.say(f'Process.send({{:shell, :"{B}"}}, :again, [:noconnect])', ":ok")
        b.say("flush()", ":again", ":ok")

    def test_nodes_that_come_and_go(self):
        a, b = self.start()
        a.say(f'Node.ping :"{B}"', ":pong")
        a.say(f'Node.monitor(:"{B}", true)', "true")
        a.say(":net_kernel.monitor_nodes(true)", ":ok")
        a.say(f'p = Node.spawn(:"{B}", fn -> :timer.sleep(:infinity) end)', "#PID<*>")
        a.say("ref = Process.monitor(p)", "#Reference<*>")
        a.say(f'Node.disconnect(:"{B}")', "true")
        a.say("Node.list", "[]")
        support.wait_until(lambda: "[]" in b.say("Node.list", *self.answer_of(b, "Node.list")), "b lists a still")
        down = ["{:DOWN, #Reference<*>, :process, #PID<*>, :noconnection}"]
        gone = f'{{:nodedown, :"{B}"}}'
        a.say("flush()", gone, *down, gone, ":ok", in_order=False)
        a.say(f'Node.ping :"{B}"', ":pong")
        a.say("flush()", f'{{:nodeup, :"{B}"}}', ":ok")
        a.say(f'Node.monitor(:"{B}", true)', "true")
        a.say("ref2 = Process.monitor(p)", "#Reference<*>")
        b.prompt()
        b.type("System.halt()")
        self.assertEqual(b.wait(5), 0)
        support.wait_until(lambda: "[]" in a.say("Node.list", *self.answer_of(a, "Node.list")), "a lists b still")
        a.say("flush()", gone, *down, gone, ":ok", in_order=False)
        a.say(f'Node.ping :"{B}"', ":pang")
        a.say("send(p, :anyone?)", ":anyone?")
        self.terminal(B)
        a.say(f'Node.ping :"{B}"', ":pong")
        a.say("Process.monitor(p)", "#Reference<*>")
        a.say("flush()", f'{{:nodeup, :"{B}"}}', "{:DOWN, #Reference<*>, :process, #PID<*>, :noproc}", ":ok")
        a.say("Node.list([:visible, :this])", f'[:"{B}", :"{A}"]')

    def answer_of(self, t, line):
        """Types a line whose answer may be one of several."""
        t.prompt()
        t.mark = len(t.lines()) - 1
        t.type(line)
        support.wait_until(lambda: len(t.lines()) > t.mark + 2, lambda: f"no answer\n{t}")
        t.prompt()
        answer = t.lines()[t.mark + 1:-1]
        t.mark = len(t.lines()) - 1
        return answer


class ThroughPipes(support.Case):
    """The same without terminals: one expression a line, results alone."""

    def test_the_readme_session(self):
        a, b = self.piped(A), self.piped(B)
        a.say(":erlang.nodes", "[]")
        a.say(f'Node.ping :"{B}"', ":pong")
        a.say(":erlang.nodes", f'[:"{B}"]')
        b.say(":erlang.nodes", f'[:"{A}"]')
        a.say(f'Node.spawn :"{B}", fn -> IO.puts :erlang.node end', "#PID<*>", B, in_order=False)
        a.say('Node.ping :"nosuch@127.0.0.2"', ":pang")
        b.say("Process.register(self(), :shell)", "true")
        a.say(f'send({{:shell, :"{B}"}}, {{:hello, self()}})', "{:hello, #PID<0.*>}")
        b.say("receive do m -> m end", "{:hello, #PID<*>}")
        a.write(f'me = self(); Node.spawn(:"{B}", fn -> n = IO.gets("name? "); '
                'IO.puts("hello " <> String.trim(n) <> " from #{node()}"); send(me, :done) end); receive do m -> m end\n')
        a.write("joe\n")
        a.expect(f"hello joe from {B}", ":done")
        a.end_input()
        b.end_input()
        self.assertEqual([a.wait(), b.wait()], [0, 0])
        self.assertEqual([a.err(), b.err()], ["", ""])


class FromTheCommandLine(support.Case):
    """The same as expressions of the command line."""

    def test_the_readme_session(self):
        b = self.piped(B)
        b.say("Process.register(self(), :shell)", "true")
        lines = [":erlang.nodes", f'Node.ping :"{B}"', ":erlang.nodes", 'Node.ping :"nosuch@127.0.0.2"',
                 "me = self()",
                 f'Node.spawn :"{B}", fn -> IO.puts :erlang.node; send(me, :done) end',
                 "receive do m -> m end",
                 f'send({{:shell, :"{B}"}}, {{:hello, 1}})',
                 f'Node.spawn :"{B}", fn -> n = IO.gets("name? "); IO.puts("hello " <> String.trim(n)); send(me, :said) end',
                 "receive do m -> m end"]
        args = [x for line in lines for x in ("-e", line)]
        status, out, err = self.run_troupe(*args, name=A, input="joe\n")
        self.assertEqual((status, err), (0, ""))
        out = support.normalise(out).splitlines()
        expected = ["[]", ":pong", f'[:"{B}"]', ":pang", "#PID<0.*>", "#PID<*>", B, ":done", "{:hello, 1}",
                    "#PID<*>", "hello joe", ":said"]
        self.assertEqual(sorted(out), sorted(expected))
        b.say("receive do m -> m end", "{:hello, 1}")


if __name__ == "__main__":
    support.main()
