"""A week of lessons as people read it, and as files that other programs read."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from plugwright.errors import BrokeContract
from plugwright.home import naming, write_atomically
from plugwright.manifest import MISLEADING
from plugwright.sandboxes import JSON

DAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)

WIDE = 78
"""Columns that a timetable of five days needs."""


class _Row(BaseModel):
    # The plugin may say more than is shown here.
    model_config = ConfigDict(extra="ignore")


class _Lesson(_Row):
    child: str
    subject: str
    day: str
    start: str
    end: str


class _Unplaced(_Row):
    child: str
    subject: str
    minutes: int = 0
    reason: str = ""


class _Week(_Row):
    week_of: str = ""
    lessons: list[_Lesson]
    unplaced: list[_Unplaced] = []


@dataclass(frozen=True)
class Week:
    """What the scheduler planned."""

    week_of: str
    lessons: tuple[_Lesson, ...]
    unplaced: tuple[_Unplaced, ...]

    @classmethod
    def parse(cls, value: JSON, plugin: str) -> Week:
        """Read what a plugin gave."""
        try:
            found = _Week.model_validate(value)
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"]))
            raise BrokeContract(
                plugin, f"gave a week that cannot be shown: {place or 'no object'}"
            ) from error
        return cls(found.week_of, tuple(found.lessons), tuple(found.unplaced))

    @property
    def children(self) -> tuple[str, ...]:
        """Everybody who has a lesson, or should have had one."""
        names = [lesson.child for lesson in self.lessons]
        names += [entry.child for entry in self.unplaced]
        return tuple(dict.fromkeys(names))

    def show(self, console: Console) -> None:
        """Print a table for each child, and what found no place."""
        for child in self.children:
            wide = console.width >= WIDE
            console.print(self._grid(child) if wide else self._table(child))
        for entry in self.unplaced:
            line = f"Not placed: {entry.child}, {entry.subject}, {entry.minutes} min"
            console.print(_plain(f"{line}: {entry.reason}"), markup=False)

    def _grid(self, child: str) -> Table:
        """A column per day, as on a timetable."""
        days = _by_day(self.lessons, child)
        own = [lesson for _, lessons in days for lesson in lessons]
        subjects = {(x.day, x.start): escape(_plain(x.subject)) for x in own}
        table = Table(title=self._title(child), title_justify="left")
        table.add_column("", no_wrap=True)
        for day, _ in days:
            table.add_column(escape(_plain(day)))
        for start, end in sorted({(x.start, x.end) for x in own}):
            cells = [subjects.get((day, start), "") for day, _ in days]
            table.add_row(escape(_plain(f"{start}–{end}")), *cells)
        return table

    def _title(self, child: str) -> str:
        title = f"{child}, week of {self.week_of}" if self.week_of else child
        return escape(_plain(title))

    def _table(self, child: str) -> Table:
        """A row per lesson, for narrow screens."""
        table = Table(title=self._title(child), title_justify="left")
        table.add_column("day", no_wrap=True)
        table.add_column("time", no_wrap=True)
        table.add_column("subject")
        for day, lessons in _by_day(self.lessons, child):
            for number, lesson in enumerate(lessons):
                table.add_row(
                    "" if number else escape(_plain(day)),
                    escape(_plain(f"{lesson.start}–{lesson.end}")),
                    escape(_plain(lesson.subject)),
                    end_section=number == len(lessons) - 1,
                )
        return table


def write_files(folder: Path, week: JSON, calendar: str) -> tuple[Path, ...]:
    """Write week.json, and week.ics if there is one; gives what was written.

    A file of that name with something else in it is somebody's; another name is taken.
    """
    with naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(week, indent=2, ensure_ascii=False) + "\n"
    files = {"week.json": text, "week.ics": calendar}
    written = []
    for name, content in files.items():
        if content:
            path = _free(folder / name, content.encode())
            write_atomically(path, content.encode())
            written.append(path)
    return tuple(written)


def _free(path: Path, content: bytes) -> Path:
    names = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    for candidate in chain([path], names):
        if not candidate.exists() or candidate.read_bytes() == content:
            return candidate
    raise AssertionError("there is always a next number")


def _by_day(lessons: Iterable[_Lesson], child: str) -> list[tuple[str, list[_Lesson]]]:
    own = sorted(
        (lesson for lesson in lessons if lesson.child == child),
        key=lambda lesson: (_position(lesson.day), lesson.start),
    )
    days = dict.fromkeys(lesson.day for lesson in own)
    return [(day, [each for each in own if each.day == day]) for day in days]


def _position(day: str) -> int:
    return DAYS.index(day) if day in DAYS else len(DAYS)


def _plain(text: str) -> str:
    return MISLEADING.sub(" ", text.replace("\n", " "))
