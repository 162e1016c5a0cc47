"""What was answered to which question, so that nothing is asked and paid for twice.

A question is filed under the task, the model, what that is told, and what it was asked,
which has all that it is about. So work that was interrupted goes on by being begun
again, and what changed is asked about anew.

That a run begins is written down before the model is asked. When the process dies
between an answer and its entry here, the answer is in the record of that run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

from plugwright.database import Database

FILE = "answers.db"
"""Its name, in the home folder."""
_FIRST = """
CREATE TABLE answers (
    key TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    state TEXT NOT NULL,
    run TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What a task made of a file; that is not to be done to it once more.
CREATE TABLE made (
    key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
"""

_RUN = "SELECT run FROM answers WHERE key = ?"
_KEEP = "INSERT OR REPLACE INTO answers VALUES (?, unixepoch(), ?, ?, ?)"


class Known(StrEnum):
    """How far a question came."""

    BEGUN = "begun"
    DONE = "done"
    UNFIT = "unfit"
    """There is an answer, but not as asked."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is known of a question."""

    state: Known
    run: str
    """The record of its run; empty if there is none."""
    value: Any = None
    """Of one that is unfit, why."""


class Journal:
    """The answers that there are; safe to share between threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._database = Database(
            folder / FILE,
            migrations=(_FIRST,),
            without_copy="a new one is begun, and all is asked again",
        )

    def find(self, key: str) -> Answer | None:
        """Say what is known of a question."""
        for state, run, value in self._database.read(
            "SELECT state, run, value FROM answers WHERE key = ?", (key,)
        ):
            return Answer(state=Known(state), run=run, value=json.loads(value))
        return None

    def known(self, key: str) -> list[Any]:
        """Give the answer as the only item, or nothing."""
        found = self.find(key)
        return [found.value] if found and found.state is Known.DONE else []

    def begin(self, key: str, run: str, before: str) -> bool:
        """Note which run asks; when this returns, the disk has it.

        Not if another than `before` was noted: then somebody else is at it. Of no run,
        it is empty.
        """
        with self._database.transaction() as connection:
            found = connection.execute(_RUN, (key,)).fetchone()
            if found is not None and found[0] not in (before, run):
                return False
            connection.execute(_KEEP, (key, Known.BEGUN, run, "null"))
        return True

    def keep(self, key: str, value: Any, run: str = "") -> None:
        """Keep an answer; when this returns, the disk has it."""
        self._write(key, Known.DONE, run, value)

    def unfit(self, key: str, why: str, run: str = "") -> None:
        """Keep that the answer was not as asked."""
        self._write(key, Known.UNFIT, run, why)

    def make(self, key: str) -> None:
        """Note what a task made, before it is written anywhere."""
        with self._database.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO made VALUES (?)", (key,))

    def is_made(self, key: str) -> bool:
        """Tell whether a task made this."""
        found = self._database.read("SELECT 1 FROM made WHERE key = ?", (key,))
        return bool(found)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def _write(self, key: str, state: Known, run: str, value: Any) -> None:
        with self._database.transaction() as connection:
            connection.execute(_KEEP, (key, state, run, json.dumps(value)))


def key_of(*facts: str) -> str:
    """Compute what is the same for the same question: all that an answer depends on."""
    return sha256(json.dumps(facts).encode()).hexdigest()
