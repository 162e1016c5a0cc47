"""Codes of vectors in rows of a thousand, so that all of an owner's are read at once.

A shelf that is not full holds one code after the other, and grows at its end. A full
one has its codes turned into planes, as a search wants them, and only loses some: what
is forgotten becomes zeros there, and an empty shelf is dropped.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Collection, Sequence

from plugwright_memory.codes import PLANES, levels, nearest
from plugwright_memory.reading import Read

SLOTS = 1024
"""Codes on a full shelf."""


def put(
    connection: sqlite3.Connection,
    owner: int,
    space: int,
    codes: Sequence[tuple[int, bytes]],
) -> dict[int, int]:
    """Shelve the code of each fact; gives on which shelf each is."""
    where: dict[int, int] = {}
    left = [*codes]
    while left:
        number, facts, held = _open(connection, owner, space)
        taken, left = left[: SLOTS - len(facts)], left[SLOTS - len(facts) :]
        facts.extend(fact for fact, _ in taken)
        held += b"".join(code for _, code in taken)
        if len(facts) == SLOTS:
            held = b"".join(_planes(held, SLOTS, is_full=False))
        _write(connection, number, facts, held)
        where |= {fact: number for fact, _ in taken}
    return where


def take(connection: sqlite3.Connection, shelf: int, gone: Collection[int]) -> None:
    """Take the codes of some facts from a shelf, so that no byte of them is left."""
    found = connection.execute(
        "SELECT facts, codes FROM shelves WHERE number = ?", (shelf,)
    ).fetchone()
    if found is None:
        return
    facts, codes = _numbers(found[0]), bytearray(found[1])
    is_full = len(facts) == SLOTS
    for place in range(len(facts) - 1, -1, -1):
        if facts[place] not in gone:
            continue
        if is_full:
            facts[place] = 0
            codes[place::SLOTS] = bytes(PLANES)
        else:
            del facts[place]
            del codes[place * PLANES : (place + 1) * PLANES]
    if any(facts):
        _write(connection, shelf, facts, bytes(codes))
    else:
        connection.execute("DELETE FROM shelves WHERE number = ?", (shelf,))


def likely(
    read: Read,
    owner: int,
    space: int,
    vector: Sequence[float],
    most: int,
    fits: Callable[[int], bool],
) -> list[int]:
    """Give the facts whose vectors are likely to be the nearest, the best first."""
    shelves = read(
        "SELECT facts, codes FROM shelves WHERE owner = ? AND space = ?",
        (owner, space),
    )
    facts = array("q", b"".join(each for each, _ in shelves))
    if not facts:
        return []
    parted = [
        _planes(codes, len(held) // 8, is_full=len(held) // 8 == SLOTS)
        for held, codes in shelves
    ]
    planes = [b"".join(same) for same in zip(*parted, strict=True)]
    return nearest(levels(planes, vector), facts, most, fits)


def _open(
    connection: sqlite3.Connection, owner: int, space: int
) -> tuple[int, array[int], bytes]:
    """Give the shelf with room on it; a new one if there is none."""
    found = connection.execute(
        "SELECT number, facts, codes FROM shelves"
        " WHERE owner = ? AND space = ? AND used < ?",
        (owner, space, SLOTS),
    ).fetchone()
    if found:
        return found[0], _numbers(found[1]), found[2]
    made = connection.execute(
        "INSERT INTO shelves (owner, space, used, facts, codes)"
        " VALUES (?, ?, 0, x'', x'')",
        (owner, space),
    )
    assert made.lastrowid is not None
    return made.lastrowid, array("q"), b""


def _write(
    connection: sqlite3.Connection, shelf: int, facts: array[int], codes: bytes
) -> None:
    connection.execute(
        "UPDATE shelves SET used = ?, facts = ?, codes = ? WHERE number = ?",
        (len(facts), facts.tobytes(), codes, shelf),
    )


def _planes(codes: bytes, count: int, *, is_full: bool) -> list[bytes]:
    if is_full:
        return [codes[n * count : (n + 1) * count] for n in range(PLANES)]
    return [codes[n::PLANES] for n in range(PLANES)]


def _numbers(held: bytes) -> array[int]:
    # Little-endian as all machines are that this runs on; a file may be carried over.
    return array("q", held)
