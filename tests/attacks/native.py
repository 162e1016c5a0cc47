"""Native code in a worker, behind its walls: what is left if an engine is broken.

`play` runs in the host. The rest runs in the worker, so this module imports little.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import platform
import signal
import socket
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from attacks.arena import Arena, Played
    from attacks.table import Attack

    from plugwright_sandbox.cell.forking import Preloaded

NUMBERS = {
    # x86-64, aarch64
    "bpf": (321, 280),
    "execve": (59, 221),
    "execveat": (322, 281),
    "fcntl": (72, 25),
    "flock": (73, 32),
    "io_uring_setup": (425, 425),
    "keyctl": (250, 219),
    "kill": (62, 129),
    "memfd_create": (319, 279),
    "mount": (165, 40),
    "open_by_handle_at": (304, 265),
    "openat": (257, 56),
    "perf_event_open": (298, 241),
    "personality": (135, 92),
    "pidfd_open": (434, 434),
    "prctl": (157, 167),
    "process_vm_readv": (310, 270),
    "ptrace": (101, 117),
    "rt_sigaction": (13, 134),
    "setitimer": (38, 103),
    "setns": (308, 268),
    "shmget": (29, 194),
    "socket": (41, 198),
    "timer_create": (222, 107),
    "unshare": (272, 97),
    "userfaultfd": (323, 282),
}
_LIBC = ctypes.CDLL(None, use_errno=True)
_NAMES: dict[str, Any] = {
    module.__name__: module for module in (ctypes, mmap, os, signal, struct, sys)
}


def call(name: str, *arguments: Any) -> int:
    """Make a raw system call; an error's number comes back negative."""
    number = NUMBERS[name][platform.machine() == "aarch64"]
    ctypes.set_errno(0)
    result: int = _LIBC.syscall(
        ctypes.c_long(number),
        *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments),
    )
    return -ctypes.get_errno() if result == -1 else result


def preload(engine: str) -> Preloaded:
    """Get ready to run what a row says, behind the walls of an engine."""
    from plugwright_sandbox.cell.forking import Preloaded

    return Preloaded(serve=serve, walls="wasm" if engine == "wasm" else "restricted")


def serve(host: socket.socket) -> None:
    """Run one source text, and say what it found."""
    (size,) = struct.unpack(">I", host.recv(4))
    source = b""
    while len(source) < size:
        source += host.recv(size - len(source))
    scope = {**_NAMES, "call": call}
    try:
        exec(source, scope)
        answer = scope["main"](None)
    except BaseException as error:
        # Broad on purpose: whatever it is, it was no way out.
        answer = [-1, type(error).__name__]
    text = json.dumps(answer).encode()
    host.sendall(struct.pack(">I", len(text)) + text)


def play(attack: Attack, arena: Arena) -> Played:
    """Let native code try it; each try gives a number, below zero if it was refused."""
    from attacks.arena import Played

    from plugwright_sandbox.cell.zygote import Zygote

    path = [str(Path(__file__).parents[1]), *sys.path]
    with (
        Zygote("attacks.native:preload", arena.engine, search_path=path) as zygote,
        zygote.fork() as process,
    ):
        process.ready()
        source = attack.code.encode()
        process.socket.settimeout(30)
        process.socket.sendall(struct.pack(">I", len(source)) + source)
        try:
            head = process.socket.recv(4)
            text = process.socket.recv(1 << 16) if head else b""
        except ConnectionError:
            text = b""
    if not text:
        return Played(ending="broken", told="")
    tries = json.loads(text)
    refused = all(isinstance(n, str) or n < 0 for n in tries)
    return Played(ending="denied" if refused else "allowed", told=text.decode())
