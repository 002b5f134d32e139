"""The command line of `troupe`: every option, every refusal, and how it ends."""

import os
import pathlib
import signal
import socket
import stat
import time

import raw_peer
import support

A = "a@127.0.0.1"


class Case(support.Case):
    def refused(self, message, *args, status=2, **options):
        """The program ends at once with one sentence."""
        got = self.run_troupe(*args, **options)
        self.assertEqual(got, (status, "", f"troupe: {message}\n"))


class Informing(Case):
    def test_help_names_every_option(self):
        status, out, err = self.run_troupe("--help")
        self.assertEqual((status, err), (0, ""))
        for option in ("name", "sname", "cookie", "cookie-file", "listen", "transport", "ticktime", "hidden", "epmd-port",
                       "cookie-for", "allow", "auto-connect", "allow-spawn",
                       "eval", "eval-file", "no-halt", "log-level", "log-file", "version", "help", "config"):
            self.assertIn(f"--{option}", out)
        self.assertIn("-e [", out)
        self.assertIn("TROUPE_", out)
        self.assertTrue(all(len(line) <= 100 for line in out.splitlines()), out)

    def test_version(self):
        status, out, err = self.run_troupe("--version")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"^troupe \d+\.\d+\.\d+\n$")


class Refusing(Case):
    def test_unknown_options(self):
        self.refused("unrecognised option '--nope'; --help lists the options", "--nope")
        self.refused("unrecognised option '-x'; --help lists the options", "-x")
        status, out, err = self.run_troupe("word")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("'word'", err)
        self.assertEqual(len(err.splitlines()), 1)
        status, out, err = self.run_troupe("--cookie")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("'--cookie'", err)

    def test_abbreviated_options_are_unknown(self):
        status, out, err = self.run_troupe("--vers")
        self.assertEqual((status, out), (2, ""), "an abbreviation would break with the next option")

    def test_node_names(self):
        letters = "the part before '@' must consist of letters, digits, '_' and '-'"
        for name, why in (("x!y@h", letters), ("a", "it must be of the form name@host"), ("@h", letters),
                          ("a@", "the part after '@' must be a host name or an address"),
                          ("a@b@c", "the part after '@' must be a host name or an address"),
                          ("", "it must be of the form name@host"),
                          ("a" * 300 + "@h", "it is longer than 255 bytes")):
            with self.subTest(name):
                self.refused(f"invalid node name '{name}': {why}", "--name", name, "--cookie", "monster")

    def test_short_names(self):
        self.refused("--name and --sname exclude each other: give one of them", "--name", A, "--sname", "a")
        status, out, err = self.run_troupe("--sname", "a@b.c", "--cookie", "monster")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("its host part must have no dot", err)
        status, out, err = self.run_troupe("--sname", "short@localhost", "--cookie", "monster", "--epmd-port", self.epmd_port,
                                           "-e", "node()")
        self.assertEqual((status, out, err), (0, ":short@localhost\n", ""))

    def test_names_that_are_fine(self):
        for name, shown in (("x@localhost", ":x@localhost"), ("1-a_B@127.0.0.1", ':"1-a_B@127.0.0.1"')):
            with self.subTest(name):
                self.assertEqual(self.run_troupe("-e", "node()", name=name), (0, shown + "\n", ""))

    def test_two_names(self):
        self.refused("option '--name' cannot be specified more than once; --help lists the options",
                     "--name", A, "--name", "b@127.0.0.1")

    def test_a_host_that_is_another_machine(self):
        self.refused("cannot listen on 203.0.113.1: it is no address of this machine; give one that is with --listen",
                     name="a@203.0.113.1", status=1)

    def test_a_name_in_use(self):
        self.piped(A)
        self.refused(f"the name {A} seems to be in use by another node", name=A, status=1)

    def test_values(self):
        for args, message in (
            (("--ticktime", "soon"), "--ticktime 'soon' is no time: give seconds from 0.1 to 86400"),
            (("--ticktime", "0"), "--ticktime '0' is no time: give seconds from 0.1 to 86400"),
            (("--ticktime", "-1"), "--ticktime '-1' is no time: give seconds from 0.1 to 86400"),
            (("--transport", "carrier-pigeon"), "--transport 'carrier-pigeon' is unknown: give tls or plain"),
            (("--epmd-port", "0"), "--epmd-port '0' is not a port: give a number from 1 to 65535"),
            (("--epmd-port", "70000"), "--epmd-port '70000' is not a port: give a number from 1 to 65535"),
            (("--epmd-port", "x"), "--epmd-port 'x' is not a port: give a number from 1 to 65535"),
            (("--listen", "127.0.0.1:99999"), "--listen '99999' is not a port: give a number from 0 to 65535"),
            (("--threads", "-1"), "--threads '-1' is no count: give a number from 1 to 1024"),
            (("--threads", "0"), "--threads '0' is no count: give a number from 1 to 1024"),
            (("--log-level", "loud"), "--log-level 'loud' is unknown: give error, warning, info or debug"),
            (("--cookie", ""), "--cookie is empty: give the secret that all nodes of the cluster share"),
        ):
            with self.subTest(args):
                self.refused(message, *args)

    def test_a_cookie_that_is_too_long(self):
        self.refused("the cookie is longer than 255 bytes", name=A, cookie="x" * 256, status=1)

    def test_addresses(self):
        status, out, err = self.run_troupe("--listen", "203.0.113.1", name=A)
        self.assertEqual((status, out), (1, ""))
        self.assertEqual(err, "troupe: cannot listen on 203.0.113.1: it is no address of this machine; "
                              "give one that is with --listen\n")
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            status, out, err = self.run_troupe("--listen", f"127.0.0.1:{port}", name=A)
        self.assertEqual((status, out), (1, ""))
        self.assertEqual(err, f"troupe: cannot listen on 127.0.0.1:{port}: the port is in use; "
                              "give another one with --listen, or none\n")
        status, out, err = self.run_troupe(name="a@no.such.host.invalid")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("no.such.host.invalid", err)

    def test_a_port_mapper_that_is_none(self):
        with socket.create_server(("127.0.0.1", self.epmd_port)):
            began = time.monotonic()
            status, out, err = self.run_troupe(name=A, seconds=20)
            self.assertLess(time.monotonic() - began, 15)
        self.assertEqual((status, out), (1, ""))
        self.assertIn(str(self.epmd_port), err)

    def test_log_file(self):
        status, out, err = self.run_troupe("--log-file", self.home + "/no/such/file", "-e", "1")
        self.assertEqual((status, out), (1, ""))
        self.assertRegex(err, r"^troupe: --log-file '.*/no/such/file' cannot be opened: No such file or directory\n$")


class Cookies(Case):
    def file(self, text, mode):
        path = pathlib.Path(self.home) / "cookie"
        path.write_text(text)
        path.chmod(mode)
        return path

    def test_a_file_that_others_can_read(self):
        path = self.file("monster\n", 0o440)
        self.refused(f"cookie file {path} must be accessible by owner only; say: chmod 400 {path}",
                     "--cookie-file", path, name=A, cookie=None, status=1)

    def test_a_file_that_is_missing(self):
        path = self.home + "/nothing"
        self.refused(f"cookie file {path} cannot be read: No such file or directory", "--cookie-file", path, name=A,
                     cookie=None, status=1)

    def test_an_empty_file(self):
        path = self.file("", 0o400)
        self.refused(f"cookie file {path} is empty; write the cluster's cookie into it, or remove the file",
                     "--cookie-file", path, name=A, cookie=None, status=1)

    def test_a_file_connects_with_the_same_text(self):
        path = self.file("monster\n", 0o400)
        self.piped(A, "--cookie-file", path, cookie=None)
        self.piped("b@127.0.0.1").say(f'Node.ping :"{A}"', ":pong")

    def test_the_default_file_is_made(self):
        a = self.piped(A, cookie=None)
        path = pathlib.Path(self.home) / ".troupe.cookie"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o400)
        secret = path.read_text()
        self.assertRegex(secret, r"^[0-9a-f]{64}\n$")
        b = self.piped("b@127.0.0.1", cookie=None)
        self.assertEqual(path.read_text(), secret)
        b.say(f'Node.ping :"{A}"', ":pong")
        b.say("Node.get_cookie", f":{secret.strip()}" if secret[0].isalpha() else f':"{secret.strip()}"')

    def test_no_home(self):
        env = dict(self.env)
        del env["HOME"]
        status, out, err = self.run_troupe(name=A, cookie=None, env=env)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("there is no cookie: give --cookie or --cookie-file", err)

    def test_the_cookie_is_not_shown_in_the_list_of_processes(self):
        a = self.piped(A, cookie=None, env=dict(self.env, TROUPE_COOKIE="monster"))
        self.assertNotIn(b"monster", pathlib.Path(f"/proc/{a.pid}/cmdline").read_bytes())
        a.say("Node.get_cookie", ":monster")


class Configuring(Case):
    def test_the_environment(self):
        env = dict(self.env, TROUPE_NAME=A, TROUPE_COOKIE="monster", TROUPE_EPMD_PORT=str(self.epmd_port), TROUPE_TICKTIME="2.5")
        status, out, err = self.run_troupe("-e", "{node(), Node.get_cookie}", env=env)
        self.assertEqual((status, out, err), (0, f'{{:"{A}", :monster}}\n', ""))

    def test_a_bad_value_in_the_environment(self):
        env = dict(self.env, TROUPE_TICKTIME="soon")
        status, out, err = self.run_troupe("-e", "1", env=env)
        self.assertEqual((status, out), (2, ""))
        self.assertIn("'soon'", err)

    def test_other_variables_do_no_harm(self):
        status, out, err = self.run_troupe("-e", "1", env=dict(self.env, TROUPE_BIN="x", TROUPE_SOMETHING="y"))
        self.assertEqual((status, out, err), (0, "1\n", ""))

    def test_a_file_and_who_wins(self):
        path = pathlib.Path(self.home) / "node.conf"
        path.write_text(f"# a comment\nname = file@127.0.0.1\ncookie = of-the-file\nepmd-port = {self.epmd_port}\n")
        status, out, err = self.run_troupe("--config", path, "-e", "{node(), Node.get_cookie}")
        self.assertEqual((status, out, err), (0, '{:"file@127.0.0.1", :"of-the-file"}\n', ""))
        env = dict(self.env, TROUPE_COOKIE="of_the_environment")
        status, out, err = self.run_troupe("--config", path, "--name", A, "-e", "{node(), Node.get_cookie}", env=env)
        self.assertEqual((status, out, err), (0, f'{{:"{A}", :of_the_environment}}\n', ""))

    def test_a_file_with_an_unknown_option(self):
        path = pathlib.Path(self.home) / "node.conf"
        path.write_text("nmae = x@h\n")
        status, out, err = self.run_troupe("--config", path)
        self.assertEqual((status, out), (2, ""))
        self.assertIn("nmae", err)
        self.assertEqual(len(err.splitlines()), 1)

    def test_a_file_that_is_missing(self):
        self.refused("--config '/no/such.conf' cannot be read: give a file with one `name = value` a line", "--config", "/no/such.conf")

    def test_a_log_file(self):
        path = pathlib.Path(self.home) / "log"
        a = self.piped(A, "--log-file", path, "--log-level", "debug", "--transport", "plain")
        with socket.create_connection(("127.0.0.1", self.port_of(a))) as s:
            s.sendall(b"GET / HTTP/1.1\r\n\r\n")
        support.wait_until(lambda: "protocol_violation" in path.read_text(), lambda: path.read_text())
        self.assertEqual(a.err(), "")

    def port_of(self, node):
        return raw_peer.port_of(A, self.epmd_port)

    def test_hidden(self):
        b = self.piped("b@127.0.0.1")
        a = self.piped(A, "--hidden")
        a.say('Node.ping :"b@127.0.0.1"', ":pong")
        b.say("Node.list", "[]")
        b.say("Node.list(:hidden)", f'[:"{A}"]')

    def test_without_a_name_there_is_no_network(self):
        node = self.piped()
        node.say("{node(), Node.alive?}", "{:nonode@nohost, false}")
        node.say('Node.ping :"a@127.0.0.1"', ":pang")
        node.say("Node.list", "[]")
        node.say('send({:x, :"a@127.0.0.1"}, :lost)', ":lost")
        node.end_input()
        self.assertEqual(node.wait(), 0)
        self.assertFalse(os.path.exists(self.home + "/.troupe.cookie"))


class Evaluating(Case):
    def test_expressions_of_the_command_line(self):
        got = self.run_troupe("-e", "x = 20", "--eval", "x + 1", "-e", '"a#{x}"')
        self.assertEqual(got, (0, '20\n21\n"a20"\n', ""))

    def test_one_that_fails_makes_status_1_and_the_others_go_on(self):
        status, out, err = self.run_troupe("-e", "1", "-e", "nope()", "-e", "3", "-e", "1 +", "-e", "throw(:x)")
        self.assertEqual((status, out), (1, "1\n3\n"))
        self.assertIn("** (CompileError) iex:2: undefined function nope/0", err)
        self.assertIn("** (TokenMissingError)", err)
        self.assertIn("** (throw) :x", err)

    def test_one_that_exits_makes_status_1(self):
        status, out, err = self.run_troupe("-e", "exit(:gone)", "-e", "2")
        self.assertEqual((status, out), (1, "2\n"))
        self.assertIn("** (exit) :gone", err)

    def test_one_whose_process_is_killed_makes_status_1(self):
        status, out, err = self.run_troupe("-e", "Process.exit(self(), :kill)", "-e", "2")
        self.assertEqual((status, out), (1, "2\n"))
        self.assertIn("shell process exited with reason: killed", err)

    def test_one_that_ends_its_own_process(self):
        got = self.run_troupe("-e", "Process.exit(self(), :normal)", "-e", "2")
        self.assertEqual(got[1], "2\n")

    def test_halt_says_the_status(self):
        self.assertEqual(self.run_troupe("-e", "System.halt(7)", "-e", "2"), (7, "", ""))
        self.assertEqual(self.run_troupe(input="1\nSystem.halt(3)\n2\n"), (3, "1\n", ""))

    def test_lines_of_a_pipe(self):
        got = self.run_troupe(input='1 + 1\n"x"\n\n# nothing\n[1,\n 2]\nfn -> 1 end == 1\n')
        self.assertEqual(got, (0, '2\n"x"\nnil\nnil\n[1, 2]\nfalse\n', ""))

    def test_the_last_line_may_lack_its_end(self):
        self.assertEqual(self.run_troupe(input="1\n2"), (0, "1\n2\n", ""))

    def test_errors_of_a_pipe_are_no_failure(self):
        status, out, err = self.run_troupe(input="1\n1 + :a\n2\n")
        self.assertEqual((status, out), (0, "1\n2\n"))
        self.assertEqual(err.splitlines()[0], "** (ArithmeticError) bad argument in arithmetic expression: 1 + :a")

    def test_an_unfinished_expression_at_the_end(self):
        status, out, err = self.run_troupe(input="1\n(2 +\n")
        self.assertEqual((status, out), (0, "1\n"))
        self.assertIn("** (TokenMissingError) iex:", err)

    def test_the_way_out_of_an_unfinished_expression(self):
        status, out, err = self.run_troupe(input='(1 +\n#iex:break\n2\n')
        self.assertEqual((status, out, err), (0, "2\n", "** (TokenMissingError) iex:1: incomplete expression\n"))

    def test_syntax_errors_name_the_place(self):
        for line, message in (
            ("1 + )", "** (SyntaxError) iex:1:5: "),
            ("[1, 2", "** (TokenMissingError) iex:1:"),
            ("%{a: }", "** (SyntaxError) iex:1:6: "),
            ("foo bar baz", "iex:1"),
            ('"abc', "** (TokenMissingError) iex:1:"),
            ("end", "** (SyntaxError) iex:1:1: "),
            ("1 2", "** (SyntaxError) iex:1:3: "),
        ):
            with self.subTest(line):
                status, out, err = self.run_troupe("-e", line)
                self.assertEqual((status, out), (1, ""))
                self.assertIn(message, err)

    def test_what_is_unknown_is_named(self):
        for line, message in (
            ("nosuch(1)", "** (CompileError) iex:1: undefined function nosuch/1 (there is no such import)"),
            ("Nomod.fun(1)", "** (UndefinedFunctionError) function Nomod.fun/1 is undefined (module Nomod is not available)"),
            (":nomod.fun(1)", "** (UndefinedFunctionError) function :nomod.fun/1 is undefined (module :nomod is not available)"),
            ("Node.pong", "** (UndefinedFunctionError) function Node.pong/0 is undefined or private"),
            ("Node.ping", "** (UndefinedFunctionError) function Node.ping/0 is undefined or private. Did you mean:"),
            ("String.trim(1, 2, 3)", "** (UndefinedFunctionError) function String.trim/3 is undefined or private"),
            ("(fn x -> x end).()", "** (BadArityError) "),
            ("x", "undefined function x/0"),
            ("Node.ping 1", "** (FunctionClauseError)"),
            ("{:a, b} = {:c, 1}", "** (MatchError) no match of right hand side value: {:c, 1}"),
            ("raise \"boom\"", "** (RuntimeError) boom"),
            ("nil.x", "** (KeyError) key :x not found in: nil."),
            ("send(:nobody, 1)", "** (ArgumentError) errors were found at the given arguments:\n\n"
                                 "  * 1st argument: invalid destination\n"),
        ):
            with self.subTest(line):
                status, out, err = self.run_troupe("-e", line)
                self.assertEqual((status, out), (1, ""))
                self.assertIn(message, err)

    def test_input_ends_while_something_reads(self):
        self.assertEqual(self.run_troupe(input="IO.gets(\"x\")\n"), (0, ":eof\n", ""))
        self.assertEqual(self.run_troupe(input="IO.gets(\"x\")\nline\n"), (0, '"line\\n"\n', ""))

    def test_much_text_goes_through(self):
        status, out, err = self.run_troupe("-e", 'IO.write(String.duplicate("0123456789", 500_000))')
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(len(out), 5_000_000 + len(":ok\n"))


class EvaluatingFiles(Case):
    def file(self, name, *lines):
        path = pathlib.Path(self.home) / name
        path.write_text("\n".join(lines))
        return path

    def fails(self, path, message):
        status, out, err = self.run_troupe("--eval-file", path)
        self.assertEqual((status, out), (1, ""))
        self.assertEqual(err.splitlines()[0], message)

    def test_results_are_not_printed(self):
        path = self.file("a.exs", "1 + 1", 'IO.puts("shown")', "", "f = fn x ->", "  x", "end", 'IO.puts(f.("again"))', "3")
        self.assertEqual(self.run_troupe("--eval-file", path), (0, "shown\nagain\n", ""))
        self.assertEqual(self.run_troupe("--eval-file", self.file("empty.exs")), (0, "", ""))

    def test_one_that_cannot_be_read(self):
        self.refused("--eval-file /no/such.exs cannot be read: No such file or directory", "--eval-file", "/no/such.exs")
        self.refused("--eval-file / cannot be read: Is a directory", "--eval-file", "/")

    def test_syntax_errors_name_file_and_line(self):
        path = self.file("a.exs", 'IO.puts("never")', "x = 1 +", "* 2")
        self.fails(path, f"** (SyntaxError) {path}:3:1: syntax error before: '*'")
        path = self.file("a.exs", 'IO.puts("never")', "f = fn ->", "  1", "")
        self.fails(path, f'** (TokenMissingError) {path}:4:1: missing terminator: end (for "fn" starting at line 2)')

    def test_what_is_unknown_is_told_with_file_and_line(self):
        path = self.file("a.exs", "", "nosuch(1)")
        self.fails(path, f"** (CompileError) {path}:2: undefined function nosuch/1 (there is no such import)")

    def test_a_failure_makes_status_1_and_ends_the_file(self):
        for line, message in (('raise "boom"', "** (RuntimeError) boom"), ("throw(:x)", "** (throw) :x"),
                              ("exit(:gone)", "** (exit) :gone"), ("1 = 2", "** (MatchError) no match of right hand side value: 2")):
            with self.subTest(line):
                path = self.file("a.exs", line, 'IO.puts("never")')
                self.fails(path, message)

    def test_halt_says_the_status(self):
        path = self.file("a.exs", "System.halt(7)", 'IO.puts("never")')
        self.assertEqual(self.run_troupe("--eval-file", path), (7, "", ""))

    def test_a_file_reads_the_input(self):
        path = self.file("a.exs", 'IO.puts("got " <> IO.gets("name? "))', "IO.inspect(IO.gets(\"\"))", "IO.inspect(IO.gets(\"\"))")
        self.assertEqual(self.run_troupe("--eval-file", path, input="joe\nx"), (0, 'got joe\n\n"x"\n:eof\n', ""))

    def test_what_is_left_of_the_input_is_not_evaluated(self):
        self.assertEqual(self.run_troupe("--eval-file", self.file("a.exs", "IO.gets(\"\")"), input="one\n1 + 1\n"), (0, "", ""))

    def test_several_files_follow_each_other(self):
        files = [self.file("a.exs", 'IO.puts("a")'), self.file("b.exs", "nosuch()"), self.file("c.exs", 'IO.puts("c")')]
        args = [word for x in files for word in ("--eval-file", x)]
        status, out, err = self.run_troupe(*args, "-e", "1 + 1")
        self.assertEqual((status, out), (1, "2\na\nc\n"), "expressions come first")
        self.assertIn("nosuch/0", err)

    def test_no_halt(self):
        path = self.file("a.exs", "Process.register(self(), :script)", 'IO.puts("ready")')
        node = self.piped(A, "--no-halt", "--eval-file", path, ready=False)
        node.expect("ready")
        self.piped("b@127.0.0.1").say(f'Node.ping :"{A}"', ":pong")
        node.signal(signal.SIGTERM)
        self.assertEqual(node.wait(), 0)


class Ending(Case):
    def stopped_by(self, child, number, status=0):
        began = time.monotonic()
        child.signal(number)
        self.assertEqual(child.wait(5), status, child)
        self.assertLess(time.monotonic() - began, 5)

    def test_the_end_of_input_ends_the_node(self):
        node = self.piped(A)
        node.end_input()
        self.assertEqual(node.wait(5), 0)
        self.assertEqual(node.err(), "")

    def test_no_halt_after_the_end_of_input(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            node = self.piped(A, "--no-halt")
            node.end_input()
            self.piped("b@127.0.0.1").say(f'Node.ping :"{A}"', ":pong")
            self.assertIsNone(node.process.poll())
            self.stopped_by(node, number)
            support.wait_until(lambda: self.run_troupe("-e", "1", name=A)[0] == 0, "the name is free again")
            self.epmd_port = support.free_port()

    def test_no_halt_after_expressions(self):
        node = self.piped(A, "--no-halt", "-e", "Process.register(self(), :shell)", ready=False)
        node.expect("true")
        node.process.stdin.close()
        self.piped("b@127.0.0.1").say(f'Node.ping :"{A}"', ":pong")
        self.stopped_by(node, signal.SIGTERM)

    def test_signals_end_a_node_that_reads_a_pipe(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            node = self.piped()
            self.stopped_by(node, number)
            self.assertEqual(node.err(), "")

    def test_signals_end_a_node_at_work(self):
        for line in (":timer.sleep(:infinity)", "receive do :never -> 1 end", 'IO.gets("x")'):
            node = self.piped()
            node.write("IO.puts(1)\n" + line + "\n")
            node.expect("1", ":ok")
            self.stopped_by(node, signal.SIGTERM)

    def test_signals_end_a_node_on_a_terminal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            node = self.terminal(A)
            node.say("1 + 1", "2")
            self.stopped_by(node, number)
            support.wait_until(lambda: self.run_troupe("-e", "1", name=A)[0] == 0, "the name is free again")

    def test_a_console_ends_at_ctrl_d(self):
        node = self.terminal()
        node.say("1 + 1", "2")
        node.prompt()
        node.write("\x04")
        self.assertEqual(node.wait(5), 0)

    def test_ctrl_c_ends_what_does_not_end(self):
        node = self.terminal()
        node.prompt()
        node.type("IO.puts(1); :timer.sleep(:infinity)")
        support.wait_until(lambda: node.lines()[-1] == "1", lambda: str(node))
        node.write("\x03")
        self.assertEqual(node.wait(5), 0)

    def test_ctrl_c_twice_ends_a_console(self):
        node = self.terminal()
        prompt = node.prompt()
        node.write("nonsense\x03")
        support.wait_until(lambda: node.lines()[-2:] == [prompt + " nonsense^C", prompt], lambda: str(node))
        node.say("1 + 1", "2")
        node.prompt()
        node.write("\x03")
        support.wait_until(lambda: len(node.lines()) > node.mark + 1, lambda: str(node))
        node.write("\x03")
        self.assertEqual(node.wait(5), 0)

    def test_a_terminal_that_goes_away_ends_the_node(self):
        node = self.terminal()
        node.hang_up()
        node.wait(5)


if __name__ == "__main__":
    support.main()
