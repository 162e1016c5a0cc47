"""How much a worker may take of what a process can run out of."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress

from plugwright_sandbox.cell.seccomp import Allowed
from plugwright_sandbox.cell.syscalls import Missing, address, library

if sys.platform == "linux":
    import resource  # Windows has none, and must be able to say so

STACK = 8 << 20
"""Bytes that the main thread's stack may grow to."""
NOTHING = ("CORE", "FSIZE", "NPROC", "MEMLOCK", "MSGQUEUE", "NICE", "RTPRIO")
"""What a worker may have none of."""


def limit(
    usage: int | None,
    memory: int | None,
    cpu_seconds: float | None,
    allowed: Allowed,
) -> str:
    """Lower every limit; tell the ones that are set."""
    limits = dict.fromkeys(NOTHING, (0, 0))
    # `poll` refuses to wait for more descriptors than there may be.
    limits["NOFILE"] = (1, 1)
    limits["STACK"] = (STACK, STACK)
    if cpu_seconds is not None:
        limits["CPU"] = _processor_time(cpu_seconds)
    if memory is not None:
        limits |= _memory(usage, memory, allowed)
    if usage is not None:
        os.close(usage)
    for name, wanted in limits.items():
        lower(name, wanted)
    return ", ".join(f"{name} {soft}" for name, (soft, _) in sorted(limits.items()))


def lower(name: str, wanted: tuple[int, int]) -> None:
    """Set one limit, but never above what it is."""
    number = getattr(resource, f"RLIMIT_{name}")
    _, most = resource.getrlimit(number)
    if most == resource.RLIM_INFINITY:
        most = sys.maxsize
    lowered = min(wanted[0], most), min(wanted[1], most)
    resource.setrlimit(number, lowered)
    if resource.getrlimit(number) != lowered:
        raise Missing(f"the limit {name} does not stay")


def _processor_time(seconds: float) -> tuple[int, int]:
    """End at the limit by the signal's handler; by force one second later."""
    # The first process of a pid namespace ignores what it has no handler for. This one
    # is the C library's `_exit`: it needs no interpreter, so it ends a loop in C too.
    library("signal", int(signal.SIGXCPU), address("_exit"))
    soft = max(1, -int(-seconds // 1))
    return soft, soft + 1


def _memory(
    usage: int | None, memory: int, allowed: Allowed
) -> dict[str, tuple[int, int]]:
    """Allow so much more than is held now.

    DATA counts private memory that can be written. AS counts addresses too, and would
    end WebAssembly's engine, which reserves gigabytes of them per guest.
    """
    if usage is None:
        raise Missing("`/proc` is needed to limit memory")
    words = os.pread(usage, 200, 0).split()
    pages = resource.getpagesize()
    data = int(words[5]) * pages + memory
    limits = {"DATA": (data, data)}
    if allowed == "restricted":
        limits["AS"] = (int(words[0]) * pages + memory,) * 2
    return limits


def open_usage() -> int | None:
    """Open what tells how much memory is held, while there are files."""
    with suppress(OSError):
        return os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)
    return None
