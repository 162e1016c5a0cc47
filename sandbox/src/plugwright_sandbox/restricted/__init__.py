"""The `restricted` engine: native Python, filtered, in a locked process.

RestrictedPython is a linter, not a wall: it says that it is no sandbox, and it is
right. It keeps honest code honest and makes an attack begin with a hole in it. The wall
is the process, which has no files, no network and no descriptor but the one to the
host. Both are needed, so this engine refuses to run where one of the walls is missing.

`rules` and `language` say which source text is refused and how the rest is compiled;
`guards` and `facades` are what compiled code meets at run time, `offers` what it may
import. `classes`, `records`, `copying` and `receivers` are about what the library does
by name, or by class, on a plugin's behalf. `loading` and `worker` run in the locked
process, `metering` and `engine` on the host's side; `codes` is for both.
"""
