"""Reading from the file, in a transaction or out of one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

Read: TypeAlias = Callable[[str, Sequence[Any]], list[Any]]
"""Answers one SELECT, with the values in the places of its question marks."""


def reading(connection: sqlite3.Connection) -> Read:
    """Read within a transaction."""
    return lambda question, values: connection.execute(question, values).fetchall()
