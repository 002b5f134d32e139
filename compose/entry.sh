#!/bin/sh
# What a container of troupe runs. On a terminal: a console, until Ctrl-D. Without one: a node, until
# SIGTERM; what comes in is evaluated, the end of it is not the end of the node. Arguments are options of
# troupe and are passed on as they are.
if [ $# -gt 0 ] || [ -t 0 ]; then
  exec troupe "$@"
fi
exec troupe --no-halt
