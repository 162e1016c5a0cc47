"""Cosines of a few vectors, exactly: with sqlite-vec where it can be used.

sqlite-vec is an extension of SQLite without any requirements. It may not be installed,
and many Pythons are built without `enable_load_extension`; then Python adds up itself,
with the same result, and a few milliseconds later for long vectors. Where it is, it
lives in a connection of its own that has no file open: whoever cannot load it can still
use every file, and it can harm none.
"""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from importlib import import_module
from operator import itemgetter, mul
from threading import Lock
from typing import TypeAlias

Packed: TypeAlias = tuple[float, bytes]
"""A vector: its length in space, and a byte with a sign for each of its parts."""
Cosines: TypeAlias = Callable[[Packed, Sequence[Packed]], list[float]]


def packed(vector: Sequence[float]) -> Packed:
    """Write a vector with a byte for each part, the largest as 127; cosines stay."""
    largest = max(map(abs, vector)) or 1.0
    parts = array("b", [round(part / largest * 127) for part in vector])
    return math.sqrt(sum(map(mul, parts, parts))), parts.tobytes()


@cache
def cosines() -> Cosines:
    """Give the fastest way that there is on this machine."""
    try:
        return _with_extension()
    except (ImportError, AttributeError, OSError, sqlite3.Error):
        return in_python


def in_python(question: Packed, others: Sequence[Packed]) -> list[float]:
    """Add up without sqlite-vec."""
    size, parts = question
    ours = array("b", parts)
    # Most parts of a short text's hashes are zero, and need not be looked at.
    places = [place for place, part in enumerate(ours) if part]
    if 1 < len(places) < len(ours) / 2:
        pick: Callable[[array[int]], Iterable[int]] = itemgetter(*places)
        ours = array("b", pick(ours))
    else:
        pick = iter
    return [
        sum(map(mul, ours, pick(array("b", theirs)))) / (size * length)
        if size and length
        else 0.0
        for length, theirs in others
    ]


def _with_extension() -> Cosines:
    extension = import_module("sqlite_vec")
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.enable_load_extension(True)
    extension.load(connection)
    connection.enable_load_extension(False)
    turn = Lock()  # one statement is prepared for all, and used by one at a time
    statement = "SELECT 1.0 - vec_distance_cosine(vec_int8(?), vec_int8(?))"

    def with_extension(question: Packed, others: Sequence[Packed]) -> list[float]:
        size, parts = question
        with turn:
            return [
                float(connection.execute(statement, (parts, theirs)).fetchone()[0])
                if size and length
                else 0.0
                for length, theirs in others
            ]

    return with_extension
