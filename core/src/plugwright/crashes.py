"""Marks what is being imported, so that who takes the process down is known.

A mark is an empty file that is there while the import lasts. One whose process is gone
tells of a crash, or of a person who did not want to wait: only when it happens again is
the plugin to blame.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MOST_CRASHES = 2
"""How often the process may end while it imports one version of a plugin."""


class Marks:
    """The marks in one home. One that cannot be written has none."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._folder = home / "importing"

    def crashes(self, name: str, version: str) -> int:
        """Count the processes that ended while they imported a version of a plugin."""
        return sum(_quoted(version) == found for found, _ in self._left_by(name))

    @contextmanager
    def marked(self, name: str, version: str) -> Iterator[None]:
        """Leave a mark for as long as the block lasts."""
        mark = self._folder / f"{_quoted(name)}@{_quoted(version)}@{os.getpid()}"
        with suppress(OSError):
            if self._home.is_dir():
                self._folder.mkdir(mode=0o700, exist_ok=True)
                mark.touch()
        try:
            yield
        finally:
            with suppress(OSError):
                mark.unlink(missing_ok=True)
            self.forget(name)

    def forget(self, name: str) -> None:
        """Let bygones be bygones."""
        for _, mark in self._left_by(name):
            with suppress(OSError):
                mark.unlink(missing_ok=True)

    def _left_by(self, name: str) -> Iterator[tuple[str, Path]]:
        """Find the marks of processes that are gone, each with its quoted version."""
        try:
            marks = os.listdir(self._folder)
        except OSError:
            return
        for mark in marks:
            whose, _, rest = mark.partition("@")
            found, _, process = rest.partition("@")
            if whose == _quoted(name) and not _is_running(process):
                yield found, self._folder / mark


def _quoted(text: str) -> str:
    """Write a stranger's text so that it is a file's name and no path."""
    from urllib.parse import quote

    return quote(text, safe="")[:100]


def _is_running(process: str) -> bool:
    if os.name != "posix":  # where asking would end it
        return process == str(os.getpid())
    try:
        os.kill(int(process), 0)
    except PermissionError:
        return True  # somebody's; better to count one crash too few
    except (ProcessLookupError, ValueError, OverflowError):
        return False
    return True
