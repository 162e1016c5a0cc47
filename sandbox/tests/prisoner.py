"""What a worker in the tests does: it runs any source text, behind its walls.

The source may be hostile: it has `ctypes`, raw system calls and everything of Python's.
`down` in the argument names walls that are not raised, to see whether the others hold
alone; it is for tests only, and the wall then has to report itself as missing.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import mmap
import os
import platform
import resource
import select
import signal
import socket
import struct
import sys
import threading
import time
from typing import Any

import refused

from plugwright_sandbox.cell import forking, seccomp, walls

_length = struct.Struct(">I")
# What Python would only import when it is first used.
NAMES: dict[str, Any] = {
    module.__name__: module
    for module in (ctypes, errno, fcntl, mmap, os, resource, select, signal, socket)
} | {module.__name__: module for module in (struct, sys, threading, time)}


def preload(argument: str) -> forking.Preloaded:
    """Get ready to run what a test sends; the argument is JSON."""
    wishes: dict[str, Any] = json.loads(argument)
    if "raise" in wishes:
        raise ValueError(wishes["raise"])
    if "thread" in wishes:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    for name in wishes.get("down", ()):
        DEMOLISHED[name]()
    NAMES["gadget"] = _find(b"\xcd\x80")
    if "opened" in wishes:
        NAMES["opened"] = os.open("/proc/self/maps", os.O_RDONLY)
    before = {True: _start_thread, "broken": _break_down, None: None}
    return forking.Preloaded(
        serve=serve,
        walls=wishes.get("walls", "restricted"),
        before=before[wishes.get("before")],
        keep_files=wishes.get("keep_files", False),
    )


def _break_down() -> None:
    raise OSError("no engine")


def _no_filter() -> None:
    seccomp.confine = lambda steps: None


def _no_empty_root() -> None:
    walls._empty_root = lambda: "taken down"


def _no_landlock() -> None:
    walls._landlock = lambda: "taken down"


DEMOLISHED = {
    "seccomp": _no_filter,
    "mount namespace": _no_empty_root,
    "landlock": _no_landlock,
}


def _find(code: bytes) -> int:
    """Where this machine code happens to stand in memory that can be executed."""
    with open("/proc/self/maps") as maps:
        for line in maps:
            span, rights, *_ = line.split()
            low, high = (int(end, 16) for end in span.split("-"))
            if "r-x" in rights and "[" not in line:
                at = ctypes.string_at(low, high - low).find(code)
                if at >= 0:
                    return low + at
    return 0


def _start_thread() -> None:
    running, wanted, done = threading.Event(), threading.Event(), threading.Event()

    def wait() -> None:
        running.set()
        wanted.wait()
        NAMES["said_by_thread"] = run(NAMES["for_thread"])
        done.set()

    threading.Thread(target=wait, daemon=True).start()
    running.wait()
    NAMES["wanted"], NAMES["done"] = wanted, done


def syscall(name: str | int, *arguments: Any) -> int:
    """Make a system call; an error's number comes back negative."""
    if isinstance(name, str):
        number = refused.REFUSED[name][platform.machine() == "aarch64"]
        assert number is not None
    else:
        number = name
    ctypes.set_errno(0)
    result = LIBC.syscall(
        ctypes.c_long(number),
        *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments),
    )
    return -ctypes.get_errno() if result == -1 else result


LIBC = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
platform.machine()  # keeps what it finds


def run(source: str) -> dict[str, Any]:
    """Run source text; what it calls `answer` is the answer."""
    names = {**NAMES, "NAMES": NAMES, "syscall": syscall, "libc": LIBC}
    try:
        exec(source, names)
    except BaseException as error:
        number = getattr(error, "errno", None)
        return {
            "error": type(error).__name__,
            "errno": errno.errorcode.get(number) if number else None,
            "text": str(error),
        }
    return {"answer": names.get("answer")}


def serve(host: socket.socket) -> None:
    """Run one text after the other."""
    NAMES["host"] = host
    while source := receive(host):
        send(host, json.dumps(run(source)))


def send(end: socket.socket, text: str) -> None:
    """Send text, its length first."""
    end.sendall(_length.pack(len(text.encode())) + text.encode())


def receive(end: socket.socket) -> str:
    """Wait for text; empty when the other side has gone."""
    return _take(end, *_length.unpack(_take(end, 4) or bytes(4))).decode()


def _take(end: socket.socket, size: int) -> bytes:
    taken = b""
    while len(taken) < size:
        part = end.recv(size - len(taken))
        if not part:
            return b""
        taken += part
    return taken
