"""One bar for long work, on standard error so that output can be piped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from plugwright.sandboxes import Progress as Report


@contextmanager
def progress_bar() -> Iterator[Report]:
    """Show a bar from the first report until it is done; plain lines when piped."""
    bar = _Bar(Console(stderr=True))
    try:
        yield bar.report
    finally:
        bar.close()


class _Bar:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar: Progress | None = None
        self._said = ""

    def report(self, what: str, part: float) -> None:
        if not self._console.is_terminal:
            self._say(what)
            return
        if self._bar is None:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(bar_width=None),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(what, total=1.0)
        self._bar.update(self._task, description=what, completed=part)
        if part >= 1.0:
            self.close()

    def _say(self, what: str) -> None:
        if what != self._said:
            self._console.print(what, markup=False)
        self._said = what

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
