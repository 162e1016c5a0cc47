"""The log of a session: one JSON line per event, added to and never changed.

An event counts from the moment its whole line is on the disk. A line that a crash cut
short was never used by anybody, so it is taken away when the log is opened.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from plugwright.errors import UsageError
from plugwright.home import naming, sync_folder
from plugwright.sandboxes import JSON


@dataclass(frozen=True)
class Event:
    """One thing that happened once and will not happen again."""

    key: str
    """Which step of the session it is: `implementer/candidate-1/1`."""
    at: int
    """Seconds since 1970."""
    value: JSON
    seconds: float = 0.0
    """How long it took, for whoever counts them."""
    worked: float = 0.0
    """How long the forge was at work until then, a person's time not counted."""


class EventLog:
    """The file `events.jsonl`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._torn_at: int | None = None
        """Where a line begins that was never finished."""
        with naming(path):
            self.events = self._read()

    def append(self, event: Event) -> Event:
        """Add an event and wait until the disk has it; gives what can be read back."""
        # ASCII only: then whatever a model answers, half characters too, can be kept.
        line = json.dumps(vars(event), separators=(",", ":"))
        with naming(self._path):
            is_new = not self._path.exists()
            if self._torn_at is not None:
                # Not when it is read: whoever only looks may see half of what another
                # one is just writing.
                os.truncate(self._path, self._torn_at)
                self._torn_at = None
            with open(self._path, "ab") as file:
                file.write(line.encode("ascii") + b"\n")
                file.flush()
                os.fsync(file.fileno())
            if is_new:
                sync_folder(self._path.parent)
        kept = Event(**json.loads(line))
        self.events.append(kept)
        return kept

    def _read(self) -> list[Event]:
        content = self._path.read_bytes() if self._path.exists() else b""
        whole, _, torn = content.rpartition(b"\n")
        lines = whole.split(b"\n") if whole else []
        self._torn_at = len(content) - len(torn) if torn else None
        return [self._event(number, line) for number, line in enumerate(lines, 1)]

    def _event(self, number: int, line: bytes) -> Event:
        try:
            fields = json.loads(line)
            return Event(
                str(fields["key"]),
                int(fields["at"]),
                fields["value"],
                float(fields.get("seconds", 0)),
                float(fields.get("worked", 0)),
            )
        except (
            ValueError,
            TypeError,
            KeyError,
            OverflowError,
            RecursionError,
        ) as error:
            raise UsageError(
                f"`{self._path}`, line {number}, is not an event",
                remedy="the file was changed; start the request again",
            ) from error
