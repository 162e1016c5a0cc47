"""Writes outcomes as text, JSON or CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from typing import Any, TextIO

from plugwright.sources import plain
from plugwright_agents.asking import tell
from plugwright_agents.files.tasks import Task


class Writer:
    """Writes the outcome of one file after the other."""

    def __init__(self, task: Task, to: TextIO) -> None:
        self.task = task
        self.to = to

    def write(self, name: str, value: Any) -> None:
        """Write what came of one file."""
        raise NotImplementedError

    def end(self) -> None:
        """Write what stands behind the last file."""


class AsText(Writer):
    """For people: the file, and below it what came of it."""

    def write(self, name: str, value: Any) -> None:
        """Write one row on the line of its file, several or long ones below it."""
        rows = self.task.rows(value)
        lines = [line for row in rows for line in _lines(row)]
        if len(lines) == 1 and len(lines[0]) <= 60:
            self.to.write(f"{named(name)}: {plain(lines[0])}\n")
            return
        self.to.write(f"{named(name)}:\n")
        self.to.writelines(f"    {plain(line)}\n" for line in lines)


class AsLines(Writer):
    """For programs: a JSON object per row, with the `file` it is from."""

    def write(self, name: str, value: Any) -> None:
        """Write a line for each row."""
        for row in objects(self.task, name, value):
            self.to.write(f"{row}\n")


class AsArray(Writer):
    """For programs that want all at once: one JSON array, a row on each line."""

    def __init__(self, task: Task, to: TextIO) -> None:
        super().__init__(task, to)
        self._between = "[\n"

    def write(self, name: str, value: Any) -> None:
        """Write a line for each row."""
        for row in objects(self.task, name, value):
            self.to.write(f"{self._between}{row}")
            self._between = ",\n"

    def end(self) -> None:
        """Close the array."""
        self.to.write("[]\n" if self._between == "[\n" else "\n]\n")


class AsTable(Writer):
    """For spreadsheets: CSV with a heading; what is nested stays JSON."""

    def __init__(self, task: Task, to: TextIO) -> None:
        super().__init__(task, to)
        self._columns = task.columns or ("value",)
        self._rows = csv.writer(to, lineterminator="\n")
        self._is_begun = False

    def write(self, name: str, value: Any) -> None:
        """Write a line for each row; what has no column is named, and left out."""
        self._begin()
        others: dict[str, None] = {}
        for row in self.task.rows(value):
            cells = [_cell(row.get(column)) for column in self._columns]
            self._rows.writerow([_encodable(cell) for cell in (name, *cells)])
            others |= dict.fromkeys(key for key in row if key not in self._columns)
        if others:
            some = ", ".join(f"`{key:.40}`" for key in [*others][:5])
            tell(f"{named(name)}: no column for {some}; `--to jsonl` has it")

    def end(self) -> None:
        """Have a heading even if there is no row."""
        self._begin()

    def _begin(self) -> None:
        # Not before there is anything to write: a dry run has no heading.
        if not self._is_begun:
            self._is_begun = True
            self._rows.writerow((file_column(self.task), *self._columns))


FORMATS: Mapping[str, Callable[[Task, TextIO], Writer]] = {
    "text": AsText,
    "jsonl": AsLines,
    "json": AsArray,
    "csv": AsTable,
}


def file_column(task: Task) -> str:
    """Name the column of the file so that it hides no other."""
    name = "file"
    while name in task.columns:
        name = f"_{name}"
    return name


def objects(task: Task, name: str, value: Any) -> list[str]:
    """Write each row as a JSON object."""
    rows = [{file_column(task): name, **row} for row in task.rows(value)]
    return [plain(json.dumps(row, ensure_ascii=False)) for row in rows]


def named(path: object) -> str:
    """Write a file's name on one line, whatever is in it."""
    return plain(str(path).replace("\n", "\\n"))


def _lines(row: Mapping[str, Any]) -> list[str]:
    if len(row) == 1:
        [value] = row.values()
        return str(_cell(value)).splitlines()
    return [f"{name}: {_cell(value)}" for name, value in row.items()]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    return json.dumps(value, ensure_ascii=False)


def _encodable(cell: Any) -> Any:
    # Half a character, from a name or from an escape in JSON, is in no encoding.
    if isinstance(cell, str) and not cell.isascii():
        return cell.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return cell
