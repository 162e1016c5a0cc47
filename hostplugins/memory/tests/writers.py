"""Processes that keep facts until they are killed, and a look at what they leave."""

from __future__ import annotations

import os
import subprocess
import sys

from plugwright_memory.schema import words_of
from plugwright_memory.soundness import are_vectors_sound

WRITER = """
import itertools, sys
from pathlib import Path
from plugwright.database import Database
from plugwright_memory.facts import SqliteMemory
from plugwright_memory.hashing import Hashing
from plugwright_memory.schema import MIGRATIONS

database = Database(Path(sys.argv[1]), migrations=MIGRATIONS)
memory = SqliteMemory(database, sys.argv[2], embedding=Hashing())
most = int(sys.argv[3])
for number in itertools.islice(itertools.count(), most or None):
    id = memory.remember(f"fact {number} of {sys.argv[2]}")
    print("kept", id, flush=True)
    if not most and number % 3 == 2:
        memory.forget(id)
        print("forgotten", id, flush=True)
"""

ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def writer(path, owner, most=0):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), owner, str(most)],
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )


def check_whole(database):
    """Look whether every fact has its words, and every vector its fact and its code.

    And whether SQLite is content.
    """
    assert database.read("PRAGMA integrity_check") == [("ok",)]
    for (owner,) in database.read("SELECT number FROM owners"):
        words = words_of(owner)
        with database.transaction() as connection:
            connection.execute(
                f"INSERT INTO {words} ({words}) VALUES ('integrity-check')"
            )
        assert database.read(f"SELECT rowid FROM {words} ORDER BY 1") == database.read(
            "SELECT number FROM facts WHERE owner = ? ORDER BY 1", (owner,)
        )
    with database.snapshot() as connection:
        assert are_vectors_sound(connection)


def check_all_embedded(database):
    """Look whether every fact has a vector, too."""
    check_whole(database)
    assert database.read("SELECT number FROM facts ORDER BY 1") == database.read(
        "SELECT fact FROM vectors ORDER BY 1"
    )
