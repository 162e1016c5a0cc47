"""Looks at a plugin again whenever one of its files is saved.

Times and sizes are compared twice a second. A plugin has few files, so that costs less
than a library that is compiled for every system.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

PAUSE = 0.5
"""Seconds between two looks."""

MOST_FILES = 5_000

_PASSED_OVER = {"__pycache__", "build", "dist", "node_modules", "venv"}

Seen: TypeAlias = Mapping[str, tuple[int, int]]


def seen(folder: Path) -> Seen:
    """Give the time and size of every file that an author writes."""
    found = {}
    for path in _files(folder):
        try:
            state = path.stat()
        except OSError:  # deleted while we looked
            continue
        found[path.relative_to(folder).as_posix()] = state.st_mtime_ns, state.st_size
        if len(found) == MOST_FILES:
            break
    return found


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in _PASSED_OVER
            and not name.endswith(".egg-info")
        )
        for name in sorted(files):
            if not name.startswith(".") and not name.endswith(("~", ".swp", ".pyc")):
                yield Path(here, name)


def changed(before: Seen, now: Seen) -> list[str]:
    """Name the files that are new, gone or different."""
    return sorted(path for path in {*before, *now} if before.get(path) != now.get(path))


def watch(
    folder: Path,
    look: Callable[[list[str], Callable[[], bool]], None],
    *,
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Look once, and again after every change, until somebody interrupts.

    A look is told how to ask whether something was saved since it began: then it may
    end, and the next one begins.
    """

    def is_stale() -> bool:
        return before != seen(folder)

    before = seen(folder)
    look([], is_stale)
    while True:
        wait(PAUSE)
        now = seen(folder)
        if not changed(before, now):
            continue
        # An editor writes several files, or one in several steps: wait for it to end.
        while changed(now, again := _after(folder, wait)):
            now = again
        news, before = changed(before, now), now
        look(news, is_stale)


def _after(folder: Path, wait: Callable[[float], None]) -> Seen:
    wait(PAUSE / 5)
    return seen(folder)
