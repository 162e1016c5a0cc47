"""What an attack may leave behind on the machine: nothing.

Descriptors and processes are counted exactly. Memory is what this process and all its
descendants hold in anonymous pages (`RssAnon`): pages of the image's file come and go
with the system's cache and cost nothing twice, and a guest's memory becomes anonymous
as soon as it is written to. The first reading is taken when everything that stays (the
image, a worker, a spare instance) is there, and the allocators have seen a large
message and sixty guests at once, of which they keep some room; every later reading has
to be within a tenth of it.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PATIENCE = 5.0
"""Seconds for the system to bury what was killed."""
GROWTH = 1.10


@dataclass(frozen=True)
class Reading:
    """What there is at one moment."""

    descriptors: int
    processes: int
    memory: int


def is_readable() -> bool:
    """Whether this system has a `/proc` to read it from."""
    return sys.platform == "linux"


def read() -> Reading:
    """Count now."""
    family = descendants()
    return Reading(
        descriptors=len(os.listdir(PROC / "self" / "fd")),
        processes=len(family),
        memory=sum(map(anonymous, (os.getpid(), *family))),
    )


def descendants() -> list[int]:
    """List every process under this one, the dead that nobody buried included."""
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:  # it ended while we looked
                continue
            parent = int(stat.rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(entry.name))
    found = [os.getpid()]
    for process in found:
        found.extend(children.get(process, ()))
    return found[1:]


def anonymous(process: int) -> int:
    """Read how many bytes a process holds for itself."""
    try:
        status = (PROC / str(process) / "status").read_text()
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("RssAnon")]
    return int(lines[0].split()[1]) << 10 if lines else 0


def complaint(before: Reading) -> str:
    """Say what is left over in comparison with then; nothing if nothing is."""
    told = ""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        told = _complaint(before)
        if not told:
            return ""
        gc.collect()
        time.sleep(0.05)
    return told


def _complaint(before: Reading) -> str:
    now = read()
    if now.descriptors > before.descriptors:
        return f"{now.descriptors - before.descriptors} descriptors are left"
    if now.processes > before.processes:
        return f"{now.processes - before.processes} processes are left"
    if now.memory > before.memory * GROWTH:
        return f"{before.memory >> 10} KB became {now.memory >> 10} KB"
    return ""


def settled(use: Callable[[], None]) -> Reading:
    """Use something until another use leaves no more behind; give what there is."""
    use()
    latest = read()
    for _ in range(20):
        use()
        before, latest = latest, read()
        if latest.memory <= before.memory * 1.01 and latest.processes <= (
            before.processes
        ):
            break
    return latest
