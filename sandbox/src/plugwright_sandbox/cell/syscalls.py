"""The numbers by which each processor's Linux knows a system call, and how to make one.

Only what the walls allow, and what they are built with, is listed here: a call without
a number cannot be allowed. The numbers are part of Linux's promise to programs and
never change.
"""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, eq=False)
class Architecture:
    """One processor, as the kernel's filter sees it."""

    audit: int
    """What the filter finds in `seccomp_data.arch` for a call made the normal way."""
    foreign: int
    """Numbers with this bit belong to a second interface of the same processor."""
    numbers: Mapping[str, int]


# x32 programs make calls with the audit number of x86-64 and bit 30 set; a filter that
# compares only numbers can be walked around with it.
X32_BIT = 0x4000_0000

X86_64 = Architecture(
    audit=0xC000_003E,
    foreign=X32_BIT,
    numbers={
        "read": 0,
        "write": 1,
        "close": 3,
        "fstat": 5,
        "poll": 7,
        "mmap": 9,
        "mprotect": 10,
        "munmap": 11,
        "brk": 12,
        "rt_sigprocmask": 14,
        "rt_sigreturn": 15,
        "ioctl": 16,
        "sched_yield": 24,
        "mremap": 25,
        "madvise": 28,
        "nanosleep": 35,
        "getpid": 39,
        "sendto": 44,
        "recvfrom": 45,
        "sendmsg": 46,
        "recvmsg": 47,
        "clone": 56,
        "exit": 60,
        "fcntl": 72,
        "gettimeofday": 96,
        "getrusage": 98,
        "capget": 125,
        "capset": 126,
        "sigaltstack": 131,
        "pivot_root": 155,
        "prctl": 157,
        "getppid": 110,
        "gettid": 186,
        "futex": 202,
        "restart_syscall": 219,
        "clock_gettime": 228,
        "clock_getres": 229,
        "clock_nanosleep": 230,
        "exit_group": 231,
        "ppoll": 271,
        "seccomp": 317,
        "getrandom": 318,
        "close_range": 436,
        "landlock_create_ruleset": 444,
        "landlock_restrict_self": 446,
    },
)

AARCH64 = Architecture(
    audit=0xC000_00B7,
    foreign=0,
    numbers={
        "fcntl": 25,
        "ioctl": 29,
        "pivot_root": 41,
        "close": 57,
        "read": 63,
        "write": 64,
        "ppoll": 73,
        "fstat": 80,
        "capget": 90,
        "capset": 91,
        "exit": 93,
        "exit_group": 94,
        "futex": 98,
        "nanosleep": 101,
        "clock_gettime": 113,
        "clock_getres": 114,
        "clock_nanosleep": 115,
        "sched_yield": 124,
        "restart_syscall": 128,
        "sigaltstack": 132,
        "rt_sigprocmask": 135,
        "rt_sigreturn": 139,
        "getrusage": 165,
        "prctl": 167,
        "gettimeofday": 169,
        "getpid": 172,
        "getppid": 173,
        "gettid": 178,
        "sendto": 206,
        "recvfrom": 207,
        "sendmsg": 211,
        "recvmsg": 212,
        "brk": 214,
        "munmap": 215,
        "mremap": 216,
        "clone": 220,
        "mmap": 222,
        "mprotect": 226,
        "madvise": 233,
        "seccomp": 277,
        "getrandom": 278,
        "close_range": 436,
        "landlock_create_ruleset": 444,
        "landlock_restrict_self": 446,
    },
)


@cache
def here() -> Architecture | None:
    """The architecture of this process; None where these walls were never tried."""
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        return None  # a 32-bit Python on a 64-bit kernel has other numbers
    return {"x86_64": X86_64, "aarch64": AARCH64}.get(platform.machine())


class Missing(OSError):
    """A wall that was tried and does not hold."""

    def __init__(self, why: str) -> None:
        super().__init__(0, why)


@cache
def _libc() -> ctypes.PyDLL:
    # PyDLL keeps the interpreter's lock: a fork must not happen while it is let go.
    return ctypes.PyDLL(None, use_errno=True)


def call(name: str, *arguments: object) -> int:
    """Make one system call; OSError when it is refused, with the kernel's reason."""
    architecture = here()
    if architecture is None:
        raise OSError(0, "no system call numbers for this processor")
    function = _libc().syscall
    function.restype = ctypes.c_long
    # Everything goes as a whole register; a plain int would be cut to 32 bits.
    result: int = function(
        ctypes.c_long(architecture.numbers[name]),
        *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments),
    )
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def library(name: str, *arguments: object) -> int:
    """Call a function of the C library that answers -1 when it fails."""
    result: int = getattr(_libc(), name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def address(name: str) -> ctypes.c_void_p:
    """Where a function of the C library is, for the kernel to call."""
    return ctypes.cast(getattr(_libc(), name), ctypes.c_void_p)
