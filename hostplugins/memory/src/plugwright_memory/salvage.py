"""Facts that a damaged file still has, put into a new one with their words.

Vectors are not taken over: whether one still belongs to its fact, nobody can tell. They
are made anew from the facts, in steps, as after a change of the embedding.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import cast

from plugwright.errors import UsageError
from plugwright.machine import naming
from plugwright.rescue import Plan, Rescued, Wreckage, rescue
from plugwright_memory.rows import Row, insert
from plugwright_memory.schema import MIGRATIONS, words_table
from plugwright_memory.soundness import is_sound

_MOST_OWNERS = 1 << 31


def salvage(path: Path) -> Rescued | None:
    """Put the facts that can be read in a new file; leave a whole file alone."""
    try:
        return rescue(path, _plan(_version(path)))
    except UsageError:
        # What the log says may be newer than what the file does.
        return rescue(path, _plan(len(MIGRATIONS)))


def _version(path: Path) -> int:
    """Give the version that a file says it has, if there is one of that number."""
    with naming(path):
        if not path.exists():
            return len(MIGRATIONS)
        with open(path, "rb") as file:
            header = file.read(64)
    version = int.from_bytes(header[60:], "big")
    return version if 0 < version < len(MIGRATIONS) else len(MIGRATIONS)


def _plan(version: int) -> Plan:
    # A file keeps its version; whoever opens it next brings it up to date.
    return Plan(
        migrations=MIGRATIONS[:version],
        tables=("owners", "facts", *(("runs",) if version > 1 else ())),
        fill=_fill,
        is_sound=is_sound,
    )


def nameless(owner: int) -> str:
    """Name the owner of facts whose owner's name is lost."""
    return f"salvaged:{owner}"


def _fill(connection: sqlite3.Connection, wreckage: Wreckage) -> None:
    owners = wreckage.tables["owners"].rows
    facts = wreckage.tables["facts"]
    names = {number: name for number, (_, name) in owners.items()}
    for number, name in sorted(names.items()):
        if not _enter(connection, number, name):
            wreckage.lost.append(f"owner {number}: the row is damaged")
    kept = spoiled = again = 0
    orphans: dict[int, int] = {}
    of_runs = _runs(wreckage)
    for number, (_, owner, *row) in sorted(facts.rows.items()):
        if not _has(connection, owner):
            if not _enter(connection, owner, nameless(owner)):
                spoiled += 1
                continue
            orphans[owner] = 0
        try:
            insert(
                connection, owner, cast(Row, (*row, of_runs.get(number, ""))), number
            )
        except sqlite3.IntegrityError:
            spoiled += 1
            continue
        kept += 1
        again += number in facts.loose
        if owner in orphans:
            orphans[owner] += 1
    for table in ("owners", "facts"):
        connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", (table,))
        last = wreckage.last_number(table)
        connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, last))
    wreckage.kept |= {"owners": len(names), "facts": kept}
    for table in ("owners", "facts"):
        wreckage.name_lost(table, table)
    if "runs" in wreckage.tables:
        wreckage.name_lost("runs", "runs of facts")
    if spoiled:
        wreckage.lost.append(f"{spoiled} facts that make no sense")
    if again:
        wreckage.notes.append(
            f"{again} facts had lost their place in the file; one that was forgotten"
            " may be among them."
        )
    wreckage.notes += [
        f"The name of the owner of {count} facts is lost; they are kept for"
        f" `{nameless(owner)}`."
        for owner, count in orphans.items()
    ]


def _runs(wreckage: Wreckage) -> dict[int, str]:
    """Say of which run a fact is. Of two facts of one run the newer is."""
    if "runs" not in wreckage.tables:
        return {}
    found = {
        (owner, run): fact
        for fact, (_, owner, run) in sorted(wreckage.tables["runs"].rows.items())
    }
    return {fact: run for (_, run), fact in found.items()}


def _enter(connection: sqlite3.Connection, number: int, name: str) -> bool:
    if not 0 < number < _MOST_OWNERS:
        return False
    try:
        connection.execute("INSERT INTO owners VALUES (?, ?)", (number, name))
    except sqlite3.IntegrityError:
        return False
    connection.execute(words_table(number))
    return True


def _has(connection: sqlite3.Connection, owner: int) -> bool:
    question = "SELECT 1 FROM owners WHERE number = ?"
    return connection.execute(question, (owner,)).fetchone() is not None
