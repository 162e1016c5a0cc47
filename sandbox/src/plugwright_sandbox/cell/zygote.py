"""A process that forks workers, seen from the host.

What happens inside it is in `forking.py`, and what a worker is walled in with in
`walls.py`.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from plugwright.errors import HostError
from plugwright.sandboxes import Wall
from plugwright_sandbox.cell.forking import MOST, Preloaded
from plugwright_sandbox.wire.channel import Channel

__all__ = ["Ended", "Preloaded", "Process", "Zygote"]

START_SECONDS = 60.0
"""How long loading may take on a slow machine."""
ANSWER_SECONDS = 10.0
"""How long one fork may take, or a killed worker to end."""
LONGEST = 1 << 16
"""Bytes of a worker's first message."""

# Nothing that names a file of the host is in the arguments: workers inherit them.
_START = """
import json, socket, sys
control = socket.socket(fileno=int(sys.argv[1]))
start = json.loads(control.recv(65536))
sys.path[:0] = start["search_path"]
try:
    from plugwright_sandbox.cell.forking import main
except BaseException as error:
    reason = type(error).__name__ + ": " + str(error)
    control.send(json.dumps({"error": reason}).encode())
else:
    main(control, start)
"""


def _started(inside: socket.socket, hash_seed: int | None) -> subprocess.Popen[bytes]:
    # `-I` without its `-E`, for the one variable that there may be.
    fixed = {} if hash_seed is None else {"PYTHONHASHSEED": str(hash_seed)}
    return subprocess.Popen(
        [sys.executable, "-s", "-P", "-S", "-c", _START, str(inside.fileno())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=fixed,
        pass_fds=(inside.fileno(),),
        cwd=os.sep,
        start_new_session=True,  # the terminal's Ctrl-C is not for it
    )


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a worker ended, as the kernel tells it."""

    status: int
    """What it exited with; a signal that killed it counts below zero."""
    cpu_seconds: float
    peak_memory: int
    """Bytes in memory at most, with what it shared with its zygote."""


class Zygote:
    """One process that has loaded what workers need; forks them on demand.

    May be used from several threads.
    """

    def __init__(
        self,
        preload: str,
        argument: str,
        *,
        search_path: Sequence[str],
        hash_seed: int | None = None,
    ) -> None:
        """Start it, and wait until `preload` (`module:function`) has been called.

        The function gets `argument` and gives a `Preloaded`. With a `hash_seed`, texts
        have the same hashes in every process; without, nobody can guess them.
        """
        if sys.platform != "linux":
            raise HostError("workers can be forked on Linux only")
        self._control, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with inside:
            try:
                self._process = _started(inside, hash_seed)
            except OSError as error:
                self._control.close()
                raise HostError(
                    f"the sandbox's zygote could not be started: {error.strerror}",
                    remedy="look whether this user may start more processes, and "
                    "whether there is memory left",
                ) from error
        self._turn = threading.Lock()
        try:
            self._control.settimeout(START_SECONDS)
            path = [folder for folder in search_path if folder]
            self._ask(preload=preload, argument=argument, search_path=path)
            self._control.settimeout(ANSWER_SECONDS)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The zygote's own number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can still fork."""
        return self._process.poll() is None

    def fork(
        self,
        *,
        memory: int | None = None,
        cpu_seconds: float | None = None,
        background: bool = False,
    ) -> Process:
        """Make a worker that may take so much more memory and processor time.

        One in the background gives way to all other processes.
        """
        host, inside = socket.socketpair()
        try:
            with inside:
                answer, files = self._ask(
                    inside,
                    memory=memory,
                    cpu_seconds=cpu_seconds,
                    background=background,
                )
            if not files:  # nobody else can have its number, for it is not reaped
                os.kill(answer["pid"], signal.SIGKILL)
                raise HostError("the host has no descriptor left for a worker")
            return Process(self, host, answer["pid"], files[0])
        except BaseException:
            host.close()
            raise

    def close(self) -> None:
        """End it; the kernel ends its workers with it."""
        self._process.kill()
        self._process.wait()
        with self._turn:  # who is asking now gets an error, not a closed socket
            self._control.close()

    def _ask(
        self, *files: socket.socket, **request: Any
    ) -> tuple[dict[str, Any], list[int]]:
        numbers = [file.fileno() for file in files]
        with self._turn:
            try:
                socket.send_fds(self._control, [json.dumps(request).encode()], numbers)
                message, received, _, _ = socket.recv_fds(self._control, MOST, 1)
            except OSError as error:
                # An answer that comes later would be taken for the next one.
                self._process.kill()
                why = "it does not answer"
                if not isinstance(error, TimeoutError):
                    why = error.strerror or type(error).__name__
                raise HostError(f"the sandbox's zygote failed: {why}") from error
        if not message:
            raise HostError("the sandbox's zygote has ended")
        answer = json.loads(message)
        if "error" in answer:
            why = " ".join(answer["error"].split())
            raise HostError(f"the sandbox's zygote: {why}")
        return answer, received

    def _reap(self, pid: int) -> Ended | None:
        with suppress(HostError):  # the kernel cleans up after a zygote that has ended
            return Ended(**self._ask(reap=pid)[0])
        return None


class Process:
    """One worker. Not for two threads at once, except `kill` and `alive`."""

    def __init__(
        self, zygote: Zygote, host: socket.socket, pid: int, pidfd: int
    ) -> None:
        self.socket = host
        self.pid = pid
        self.walls: Sequence[Wall] = ()
        """What stands around it; nothing until `ready` has been called."""
        self.ended: Ended | None = None
        """How it ended; None before `close`, and if its zygote ended first."""
        self._zygote = zygote
        self._pidfd = pidfd
        self._turn = threading.Lock()
        self._watch = select.poll()
        self._watch.register(pidfd, select.POLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def ready(self, seconds: float = ANSWER_SECONDS) -> Sequence[Wall]:
        """Wait until its walls stand and it serves; give the walls.

        The message is read before any guest runs. HostError if it does not come.
        """
        if not self.walls:
            outer = self.socket.gettimeout()
            self.socket.settimeout(seconds)
            try:
                self.walls = self._read_walls()
            except (OSError, ValueError, TypeError, KeyError) as error:
                self.kill()
                raise HostError("a sandbox's worker did not start") from error
            self.socket.settimeout(outer)
        return self.walls

    def channel(self) -> Channel:
        """Wait until it serves, and talk to it."""
        self.ready()
        return Channel.over(self.socket)

    def _read_walls(self) -> tuple[Wall, ...]:
        (size,) = struct.unpack(">I", self._read(4))
        if size > LONGEST:
            raise ValueError("too long")
        message = json.loads(self._read(size))
        if "error" in message:
            self.kill()
            raise HostError(f"a sandbox's worker did not start: {message['error']}")
        return tuple(Wall(*found) for found in message["walls"])

    def _read(self, size: int) -> bytes:
        read = b""
        while len(read) < size:
            part = self.socket.recv(size - len(read))
            if not part:
                raise ConnectionResetError
            read += part
        return read

    def kill(self) -> None:
        """End it now, whatever it is doing. Never hits another process."""
        with self._turn, suppress(ProcessLookupError):
            if self._pidfd >= 0:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)

    @property
    def alive(self) -> bool:
        """Whether it has not ended yet."""
        with self._turn:
            return self._pidfd >= 0 and not self._watch.poll(0)

    def close(self) -> None:
        """End it, wait for it, and let go of everything that was its."""
        self.kill()
        self.socket.close()
        with self._turn:
            if self._pidfd < 0:
                return
            # Only what has ended can be reaped.
            self._watch.poll(ANSWER_SECONDS * 1000)
            self.ended = self._zygote._reap(self.pid)
            os.close(self._pidfd)
            self._pidfd = -1
