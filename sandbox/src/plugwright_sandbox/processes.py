"""Worker processes, as the host sees them: started, talked to, killed.

On Linux a zygote forks them, behind walls. Elsewhere they are started one by one, with
an empty environment, and that is all.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from plugwright.sandboxes import Wall
from plugwright_sandbox.channel import Channel
from plugwright_sandbox.walls import NAMES


class Process(Protocol):
    """Something that runs, and that can be killed."""

    def ready(self) -> Sequence[Wall]:
        """Wait until it serves; say what stands around it."""

    @property
    def alive(self) -> bool:
        """Whether it still runs."""

    def kill(self) -> None:
        """End it now; nothing happens if it has ended."""

    def close(self) -> None:
        """End it, wait for it, and let go of everything it needed."""


class Worker:
    """One worker process, and the right to talk to it."""

    def __init__(self, process: Process, channel: Channel) -> None:
        self.process = process
        self.channel = channel
        self.turn = threading.RLock()
        self.talks = 0
        """How many conversations there are with it now, one inside the other."""
        self.sessions = 0
        self.reserved = 0
        """How many guests are being opened in it; counted by its sandbox."""
        self._killed = False

    @property
    def busy(self) -> bool:
        """Whether somebody talks to it, or is about to."""
        return bool(self.talks or self.reserved)

    def kill(self) -> None:
        """End the process now, whatever it is doing."""
        self._killed = True
        self.process.kill()

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return not self._killed and self.process.alive

    def close(self) -> None:
        """End it, and leave nothing of it behind."""
        self._killed = True
        self.channel.close()
        self.process.close()


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

    def __init__(self, main: str, argument: str) -> None:
        module, _, function = main.partition(":")
        start = (
            f"import sys; sys.path[:0] = {search_path()!r}; "
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
