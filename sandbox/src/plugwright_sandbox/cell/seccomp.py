"""The last wall: which system calls a worker may make.

Theory
------
The kernel runs a small program (classic BPF) before each system call of a filtered
thread. The program sees the processor's interface, the call's number and its six
arguments as numbers; it cannot look behind a pointer. Ours is an allow-list:

1. Another interface (32-bit `int 0x80`, x32) has other numbers for the same calls, so a
   list of numbers says nothing about it: the process is killed. Nothing honest in a
   worker uses one.
2. A number on the list goes through; for some, only with harmless arguments.
3. Everything else gives EPERM. Killing would be as safe, but Python code that merely
   looks (`os.getcwd()`, `import x`) then gets an ordinary exception that the host can
   report with file and line, and a plugin that probes learns nothing from it.

What is on the list: memory without execution, the clock, sleeping, waiting, randomness,
and reading, writing and closing descriptors that are open already.
What is not: anything that makes a descriptor, process or thread, names a path, an
address or another process, or changes a limit.

The filter is put on all threads at once (TSYNC), cannot be taken off, and survives
everything but the end of the process.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple, TypeAlias

from plugwright_sandbox.cell.syscalls import Architecture, call

Allowed: TypeAlias = Literal["wasm", "restricted"]
"""Whose worker it is."""

KILL_PROCESS, ERRNO, ALLOW = 0x8000_0000, 0x0005_0000, 0x7FFF_0000
EPERM = 1

# Offsets in `struct seccomp_data`; arguments are 64 bits, low half first on both.
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16
LOAD, AND, EQUAL, ANY_BIT, RETURN = 0x20, 0x54, 0x15, 0x45, 0x06


class Check(NamedTuple):
    """What one 32-bit half of an argument must be for the call to be allowed."""

    argument: int
    values: tuple[int, ...] = ()
    """It must be one of these, once the `ignored` bits are off."""
    ignored: int = 0
    forbidden: int = 0
    """None of these bits may be on."""


NOT_EXECUTABLE = Check(2, forbidden=4)
CLOCKS = Check(0, values=tuple(range(8)))  # other numbers are other processes' clocks

CHECKS: Mapping[str, Check] = {
    "mmap": NOT_EXECUTABLE,
    "mprotect": NOT_EXECUTABLE,
    # NORMAL, WILLNEED, DONTNEED, FREE, (NO)HUGEPAGE, (DO)DUMP. Not MERGEABLE: shared
    # pages tell one plugin what another holds.
    "madvise": Check(2, values=(0, 3, 4, 8, 14, 15, 16, 17)),
    # WAIT, WAKE, REQUEUE, CMP_REQUEUE, WAKE_OP, WAIT_BITSET, WAKE_BITSET; private or
    # not, by whichever clock. Not the priority-inheriting ones: they had most bugs.
    "futex": Check(1, values=(0, 1, 3, 4, 5, 9, 10), ignored=128 | 256),
    "clock_gettime": CLOCKS,
    "clock_getres": CLOCKS,
    "clock_nanosleep": CLOCKS,
    # GETFD, SETFD, GETFL. Not the locks: they are a channel between plugins; not
    # DUPFD: it makes descriptors; not SETOWN and O_ASYNC: they send signals.
    "fcntl": Check(1, values=(1, 2, 3)),
    "ioctl": Check(1, values=(0x5421,)),  # FIONBIO, for a socket's timeout
    "prctl": Check(0, values=(15, 16)),  # SET_NAME and GET_NAME of a thread
}

BOTH = (
    # The most used come first: they are found soonest.
    *("read", "write", "futex", "clock_gettime", "recvfrom", "sendto", "mprotect"),
    *("madvise", "mmap", "munmap", "mremap", "brk", "poll", "ppoll", "recvmsg"),
    *("sendmsg", "close", "fstat", "fcntl", "ioctl", "rt_sigprocmask", "rt_sigreturn"),
    *("clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "sched_yield"),
    *("getrandom", "getpid", "getppid", "gettid", "getrusage", "restart_syscall"),
    *("prctl", "exit", "exit_group"),
)
LISTS: Mapping[Allowed, tuple[str, ...]] = {
    # A thread that enters WebAssembly for the first time needs a stack for signals. The
    # handlers themselves are there already, and stay as they are.
    "wasm": (*BOTH, "sigaltstack"),
    "restricted": BOTH,
}


def _step(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)


ALLOWED = _step(RETURN, ALLOW)
REFUSED = _step(RETURN, ERRNO | EPERM)
KILLED = _step(RETURN, KILL_PROCESS)


def _checked(check: Check) -> list[bytes]:
    """The steps behind one number: they always end the program."""
    steps = [_step(LOAD, ARGUMENTS + 8 * check.argument)]
    if check.forbidden:
        return [*steps, _step(ANY_BIT, check.forbidden, 0, 1), REFUSED, ALLOWED]
    if check.ignored:
        steps.append(_step(AND, ~check.ignored & 0xFFFF_FFFF))
    for left, value in zip(range(len(check.values), 0, -1), check.values, strict=True):
        steps.append(_step(EQUAL, value, left, 0))
    return [*steps, REFUSED, ALLOWED]


@cache
def program(allowed: Allowed, architecture: Architecture) -> bytes:
    """Assemble the filter of one list for one processor."""
    steps = [_step(LOAD, ARCHITECTURE), _step(EQUAL, architecture.audit, 1, 0), KILLED]
    steps.append(_step(LOAD, NUMBER))
    if architecture.foreign:
        steps += [_step(ANY_BIT, architecture.foreign, 0, 1), KILLED]
    for name in LISTS[allowed]:
        number = architecture.numbers.get(name)
        if number is None:  # this processor has only the newer form of the call
            continue
        body = _checked(CHECKS[name]) if name in CHECKS else [ALLOWED]
        steps += [_step(EQUAL, number, 0, len(body)), *body]
    return b"".join([*steps, REFUSED])


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def confine(steps: bytes) -> None:
    """Put the filter on every thread of this process, for good."""
    set_mode_filter, all_threads = 1, 1
    filter = _Program(len(steps) // 8, steps)
    thread = call("seccomp", set_mode_filter, all_threads, ctypes.byref(filter))
    if thread:
        raise OSError(EPERM, f"thread {thread} has a filter of its own")
