"""Inside the zygote: a process that is ready to work, and forks workers that do.

Theory
------
The zygote imports the engine and loads the image once. A worker is a copy of it, made
by one `clone` into fresh namespaces; what the two share is copied by the kernel only
when one writes to it. So a worker costs milliseconds and little memory, and one that is
thrown away after use leaves nothing for the next.

`clone` is called raw, since `os.fork` knows no namespaces and `unshare` cannot make the
calling process the first of a pid namespace: a second fork and a process in between
would be needed. The C library's own fork does more, for programs with threads; this one
has a single thread, and refuses to go on if what it loaded started another. Python's
part (`PyOS_BeforeFork` and so on) is called as `os.fork` calls it.

It takes two requests from the host, by a socket that keeps messages apart, and ends
when the host does. A worker is not waited for until the host asks, so its number is not
given to another process before.

This module is imported by every worker: it must stay small.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import importlib
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from plugwright_sandbox.cell import seccomp, walls
from plugwright_sandbox.cell.manners import give_way
from plugwright_sandbox.cell.syscalls import call, here

CLONE_PIDFD = 0x1000
MOST = 1 << 16
"""Bytes of one message between the host and the zygote."""


@dataclass(frozen=True, kw_only=True)
class Preloaded:
    """What a zygote has ready, and how its workers are walled in."""

    serve: Callable[[socket.socket], None]
    """Talks to the host in a worker; the worker ends when it returns."""
    walls: seccomp.Allowed
    before: Callable[[], None] | None = None
    """Starts the threads that the engine needs, and returns when they run. Called in
    the worker when every wall but the limits and the filter stands: there are no files
    any more, so what it imports must be imported already."""
    keep_files: bool = False
    """Whether workers keep the files that loading left open."""


def main(control: socket.socket, start: dict[str, Any]) -> None:
    """Load what workers need, then fork one for each request until the host is gone."""
    # Ctrl-C is the host's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        zygote = _Forker(control, start["preload"], start["argument"])
    except BaseException as error:
        # Broad on purpose: whatever it is, the host must hear of it.
        _tell(control, {"error": f"{type(error).__name__}: {error}"[:2000]})
        return
    _tell(control, {"ready": True})
    zygote.run()


def _tell(control: socket.socket, message: dict[str, Any], *files: int) -> None:
    socket.send_fds(control, [json.dumps(message).encode()], files)


class _Forker:
    def __init__(self, control: socket.socket, preload: str, argument: str) -> None:
        before = _descriptors()
        module, _, function = preload.partition(":")
        self._preloaded: Preloaded = getattr(importlib.import_module(module), function)(
            argument
        )
        self._keep = _descriptors() - before if self._preloaded.keep_files else set()
        if len(os.listdir("/proc/self/task")) > 1:
            raise RuntimeError("loading started a thread; let `before` start it")
        self._control = control
        _forget_paths()
        _go_first()
        _drop_root()
        self._outside = os.geteuid(), os.getegid()
        walls.lock()
        self._self = os.pidfd_open(os.getpid())
        self._apart = _namespaces()
        architecture = here()
        if architecture is not None:  # assembled once, for all workers
            seccomp.program(self._preloaded.walls, architecture)
        gc.collect()
        gc.freeze()  # a collection in a worker would copy every page that it looks at

    def run(self) -> None:
        """Do what the host asks, until it is gone."""
        while True:
            message, files, _, _ = socket.recv_fds(self._control, MOST, 1)
            if not message:
                return
            request = json.loads(message)
            if "reap" in request:
                _tell(self._control, _reaped(request["reap"]))
                continue
            try:
                self._fork(files[0], request)
            except OSError as error:
                _tell(self._control, {"error": f"no new process: {error.strerror}"})
            finally:
                os.close(files[0])

    def _fork(self, file: int, request: dict[str, Any]) -> None:
        flags = [walls.NAMESPACES[name] for name, why in self._apart.items() if not why]
        pid, pidfd = _clone(sum(flags))
        if pid == 0:
            self._work(file, request)
        try:
            _tell(self._control, {"pid": pid}, pidfd)
        finally:
            os.close(pidfd)

    def _work(self, file: int, request: dict[str, Any]) -> None:
        """Be the worker; never returns into the zygote's loop."""
        status = 1
        try:
            self._control.detach()  # its descriptor is closed with the others
            if request["background"]:
                give_way()
            host = socket.socket(fileno=file)
            _say(host, self._walled(file, request))
            self._preloaded.serve(host)
            status = 0
        finally:
            os._exit(status)

    def _walled(self, file: int, request: dict[str, Any]) -> dict[str, Any]:
        apart = dict(self._apart)
        if not apart["user namespace"]:
            apart["user namespace"] = _map_ids(*self._outside)
        try:
            found = walls.raise_walls(
                keep={file, *self._keep},
                memory=request["memory"],
                cpu_seconds=request["cpu_seconds"],
                allowed=self._preloaded.walls,
                parent=self._self,
                apart=apart,
                before=self._preloaded.before,
            )
        except Exception as error:
            # Broad on purpose: the host must hear of it; the worker ends either way.
            return {"error": f"{type(error).__name__}: {error}"[:2000]}
        return {"walls": found}


def _say(host: socket.socket, message: dict[str, Any]) -> None:
    text = json.dumps(message).encode()
    host.sendall(struct.pack(">I", len(text)) + text)
    if "error" in message:
        os._exit(1)


def _descriptors() -> set[int]:
    return {
        int(name)
        for name in os.listdir("/proc/self/fd")
        if os.path.lexists(f"/proc/self/fd/{name}")  # not the listing's own
    }


def _forget_paths() -> None:
    """Drop what tells where the host's files are, and is of no use to a worker."""
    sys.path.clear()
    sys.path_importer_cache.clear()
    sys.argv.clear()
    sys.orig_argv.clear()


def _go_first() -> None:
    """When memory runs out, let the kernel end workers, not the host."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:
        score.write("1000")


def _drop_root() -> None:
    """Be nobody instead of root, if the host can still end us then."""
    kill, set_gid, set_uid = 1 << 5, 1 << 6, 1 << 7
    needed = kill | set_gid | set_uid
    if os.geteuid() != 0 or walls.capabilities() & needed != needed:
        return
    with suppress(OSError):  # a container may have one user only
        os.setgroups([])
        os.setresgid(*[walls.NOBODY] * 3)
        os.setresuid(*[walls.NOBODY] * 3)


def _map_ids(user: int, group: int) -> str:
    """Be nobody inside; outside, the worker is still who its zygote is."""
    try:
        walls.set_dumpable(True)  # or `/proc/self` belongs to root
        for file, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{walls.NOBODY} {user} 1"),
            ("gid_map", f"{walls.NOBODY} {group} 1"),
        ):
            descriptor = os.open(f"/proc/self/{file}", os.O_WRONLY)
            try:
                os.write(descriptor, text.encode())
            finally:
                os.close(descriptor)
    except OSError as error:
        return walls.explain("user namespace", error)
    finally:
        walls.set_dumpable(False)
    return ""


def _clone(flags: int) -> tuple[int, int]:
    """Fork into new namespaces; gives (0, -1) in the child."""
    python = ctypes.pythonapi
    pidfd = ctypes.c_int(-1)
    python.PyOS_BeforeFork()
    try:
        pid = call(
            "clone", flags | CLONE_PIDFD | signal.SIGCHLD, 0, ctypes.byref(pidfd), 0, 0
        )
    except OSError:
        python.PyOS_AfterFork_Parent()
        raise
    if pid == 0:
        python.PyOS_AfterFork_Child()
        return 0, -1
    python.PyOS_AfterFork_Parent()
    return pid, pidfd.value


def _namespaces() -> dict[str, str]:
    """Find which namespaces can be had together, and for the others why not."""
    apart = dict.fromkeys(walls.NAMESPACES, "")
    if not _refusal(sum(walls.NAMESPACES.values())):
        return apart
    flags = 0
    for name, flag in walls.NAMESPACES.items():  # the first gives the right to the rest
        refusal = _refusal(flags | flag)
        if refusal:
            apart[name] = walls.explain(name, OSError(refusal, os.strerror(refusal)))
        else:
            flags |= flag
    if not flags and (refusal := _refusal(0)):
        raise OSError(refusal, f"no process can be made: {os.strerror(refusal)}")
    return apart


def _refusal(flags: int) -> int:
    """Try one clone; give the error's number, or 0."""
    try:
        pid, pidfd = _clone(flags)
    except OSError as error:
        return error.errno or errno.EPERM
    if pid == 0:
        os._exit(0)
    os.close(pidfd)
    os.waitpid(pid, 0)
    return 0


def _reaped(pid: int) -> dict[str, Any]:
    """How a worker ended, in the kernel's words; the host knows that it has ended."""
    try:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
    except ChildProcessError:
        ended = 0
    if ended == 0:
        return {"error": "no such worker has ended"}
    return {
        "status": os.waitstatus_to_exitcode(status),
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_memory": usage.ru_maxrss << 10,
    }
