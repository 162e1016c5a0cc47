"""What a person sees while the team works: a live board, or plain lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import click
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from plugwright.judging import TestResult, Verdict
from plugwright.manifest import MISLEADING

PHASES = (
    "interview",
    "specification",
    "candidates",
    "examples",
    "tests",
    "contest",
    "repair",
    "optimisation",
    "integration",
    "documentation",
    "gate",
)
COLOURS = {
    Verdict.AC: "green",
    Verdict.WA: "red",
    Verdict.RE: "red",
    Verdict.TLE: "yellow",
    Verdict.MLE: "yellow",
    Verdict.OLE: "yellow",
    Verdict.CE: "magenta",
    Verdict.SV: "bold magenta",
    Verdict.IE: "dim",
}
LETTERS = {verdict: verdict.value[0] for verdict in Verdict}
"""One each: they all differ."""

MEANINGS = {
    Verdict.AC: "passed",
    Verdict.WA: "wrong",
    Verdict.RE: "error",
    Verdict.TLE: "too slow",
    Verdict.CE: "does not load",
    Verdict.SV: "not allowed",
}
"""The letters that are seen most."""


class Lines:
    """Plain lines, for a pipe or a log: no colours, no control characters."""

    def __init__(self) -> None:
        self._row: list[Verdict] = []
        self._subject = ""
        self._explained = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        type: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._flush()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let somebody else write for a while."""
        self._flush()
        yield

    def phase(self, name: str) -> None:
        """Write the name of the phase."""
        self._say(f"== {name}")

    def working(self, role: str, about: str) -> None:
        """Write who works on what."""
        self._say(f"{role} works{f' on {about}' if about else ''}")

    def judging(self, subject: str) -> None:
        """Begin a row of verdicts."""
        self._flush()
        self._subject = subject

    def result(self, subject: str, result: TestResult) -> None:
        """Add to the row."""
        self._row.append(result.verdict)

    def iteration(self, number: int, met: int, requirements: int) -> None:
        """Write how far it is."""
        self._say(_iteration(number, met, requirements))

    def note(self, sentence: str) -> None:
        """Write it."""
        self._say(sentence)

    def _flush(self) -> None:
        if self._subject:
            letters = "".join(LETTERS[verdict] for verdict in self._row)
            self._subject, subject = "", self._subject
            if not self._explained:
                self._explained = True
                self._say(f"a letter for each test: {_legend().plain.strip()}")
            self._say(f"judge: {subject}: {letters} {_accepted(self._row)}")
        self._row = []

    def _say(self, line: str) -> None:
        if self._subject:
            self._flush()
        click.echo(_plain(line))


class Board:
    """A live board, for a terminal of any width."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._phase = ""
        self._working = ""
        self._rows: dict[str, list[Verdict]] = {}
        self._live = Live(
            get_renderable=self._render,
            console=console,
            refresh_per_second=8,
            transient=True,
        )

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        type: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()
        # The board itself is gone; what it came to stays on the screen.
        self._console.print(Group(*self._table()))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let somebody else have the screen for a while."""
        self._live.stop()
        try:
            yield
        finally:
            self._live.start()

    def phase(self, name: str) -> None:
        """Light up a phase."""
        self._phase, self._working = name, ""

    def working(self, role: str, about: str) -> None:
        """Show who works on what."""
        self._working = f"{role} {about}".strip()

    def judging(self, subject: str) -> None:
        """Begin a row of verdicts, or begin it anew."""
        self._working = f"judge {subject}"
        self._rows[_candidate(subject)] = []

    def result(self, subject: str, result: TestResult) -> None:
        """Add a letter."""
        self._rows[_candidate(subject)].append(result.verdict)

    def iteration(self, number: int, met: int, requirements: int) -> None:
        """Write how far it is above the board, where it stays."""
        line = _iteration(number, met, requirements)
        self._console.print(Text(line, style="bold"))

    def note(self, sentence: str) -> None:
        """Write it above the board, where it stays."""
        self._console.print(Text(_plain(sentence), style="dim"))

    def _render(self) -> Group:
        return Group(
            _phases(self._phase),
            *self._table(),
            Text(self._working, style="cyan", no_wrap=True, overflow="ellipsis"),
        )

    def _table(self) -> list[Text]:
        # A copy: the board is drawn by a thread of its own.
        rows = [_row(subject, row) for subject, row in [*self._rows.items()]]
        return [*rows, _legend()] if rows else []


def _candidate(subject: str) -> str:
    """Name the candidate of a version: each has one row, for the screen is small."""
    return subject.partition(".")[0] if subject.startswith("candidate ") else subject


def _phases(current: str) -> Text:
    text = Text()
    for name in PHASES:
        text.append(name, style="bold reverse" if name == current else "dim")
        text.append(" ")
    return text


def _row(subject: str, verdicts: list[Verdict]) -> Text:
    text = Text(f"{subject:<17} ", no_wrap=True, overflow="ellipsis")
    text.append(f"{_accepted(verdicts):>7} ")
    for verdict in verdicts:
        text.append(LETTERS[verdict], style=COLOURS[verdict])
    return text


def _legend() -> Text:
    text = Text(style="dim")
    for verdict, meaning in MEANINGS.items():
        text.append(LETTERS[verdict], style=COLOURS[verdict])
        text.append(f" {meaning}  ")
    return text


def _accepted(verdicts: list[Verdict]) -> str:
    return f"{verdicts.count(Verdict.AC)}/{len(verdicts)}"


def _iteration(number: int, met: int, requirements: int) -> str:
    rate = 100 * met // requirements if requirements else 0
    return f"iteration {number}: {met} of {requirements} requirements met ({rate} %)"


def _plain(text: str) -> str:
    return MISLEADING.sub(" ", text.replace("\n", " "))
