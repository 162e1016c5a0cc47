"""A worker where there is no zygote to fork one: elsewhere than on Linux.

It is started by itself, with an empty environment, and that is all that is around it
beside WebAssembly.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from plugwright.sandboxes import Wall
from plugwright_sandbox.cell.walls import NAMES
from plugwright_sandbox.wire.channel import Channel

_GIVE_WAY = "from plugwright_sandbox.cell.manners import give_way; give_way(); "


def search_path() -> list[str]:
    """The folders that a worker needs; it reads no other configuration of Python's."""
    folders = []
    for name in ("wasmtime", "plugwright", "plugwright_sandbox"):
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        folders.append(str(Path(spec.origin).parent.parent))
    return sorted(set(folders))


class Spawned:
    """A process of its own, where there is no zygote to fork one."""

    def __init__(self, main: str, argument: str, *, background: bool = False) -> None:
        module, _, function = main.partition(":")
        start = (
            f"import sys; sys.path[:0] = {search_path()!r}; "
            f"{_GIVE_WAY if background else ''}"
            f"from {module} import {function}; {function}(sys.argv[1])"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", start, argument],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={},
            close_fds=True,
            cwd=os.sep,
            # Only Windows has this, and has no other way.
            creationflags=getattr(subprocess, "IDLE_PRIORITY_CLASS", 0) * background,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._pipes = self._process.stdin, self._process.stdout

    def ready(self) -> Sequence[Wall]:
        """Say what stands around it; it serves when its first answer comes."""
        walls = {name: Wall(name, False, "Linux only") for name in NAMES}
        name = "empty environment"
        return [*(walls | {name: Wall(name, True, "no variable")}).values()]

    def channel(self) -> Channel:
        """Talk to it over its standard input and output."""
        inward, outward = self._pipes
        return Channel(outward.fileno(), inward.fileno())

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def close(self) -> None:
        """End it, wait for it, and close its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in self._pipes:
            with suppress(OSError):  # what nobody will read any more
                pipe.close()
