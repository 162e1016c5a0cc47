"""What `tomllib` leaves open: the line of a key, and keys that take it too long."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, TypeAlias

Place: TypeAlias = "tuple[str | int, ...]"
"""Keys and positions: `("permissions", 1, "reason")`."""

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""' + r"|'''.*?'''"
    r'|"(?:\\.|[^"\\\n])*"' + r"|'[^'\n]*'"
    r"|\#[^\n]*|\n|[\[\]{}]|[^\"'#\n\[\]{}]+",
    re.DOTALL,
)
_DEPTH = {"[": 1, "{": 1, "]": -1, "}": -1}


MOST_PARTS = 64
"""How many parts a key may have, as `a.b.c` has three."""

# The reader of TOML needs minutes for a key like `a.a.a` that fills a file, so such a
# key is looked for first, where no text and no comment can hide it.
_STRING = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*+"{0,5}|"(?:[^"\\\n]|\\.)*+"?|'''
    r"""'''(?:[^']|'(?!''))*+'{0,5}|'[^'\n]*+'?|#[^\n]*+""",
    re.DOTALL,
)
_LONG_KEY = re.compile(
    rf"""(?<![\w-])(?:(?:[\w-]++|"")[ \t]*+\.[ \t]*+){{{MOST_PARTS}}}"""
)


def long_key(text: str) -> int:
    """Give the line of a key of too many parts; 0 if there is none."""
    bare = _STRING.sub(lambda found: '""' + "\n" * found[0].count("\n"), text)
    found = _LONG_KEY.search(bare)
    return bare.count("\n", 0, found.start()) + 1 if found else 0


def line_of(text: str, place: Place) -> int:
    """Give the line that says this, or what is around it where it is missing.

    Only for text that `tomllib` has read: what is a string, and where it ends, is
    settled.
    """
    best, found = 0, 1
    around: Place = ()
    tables: dict[Place, int] = {}
    for line, statement in _statements(text):
        if statement.startswith("["):
            around = _opened(_keys(statement), statement.startswith("[["), tables)
            # The first table of a list is where the list begins.
            shared = min(len(around), len(place))
            known = shared if place[:shared] == around[:shared] else 0
        elif place[: len(around)] == around:
            inside = place[len(around) :]
            known = len(around) + _known(tomllib.loads(statement), inside)
        else:
            known = 0
        if known > best:
            best, found = known, line
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Split at line ends that are in no string, list or table."""
    line, depth, start, so_far = 1, 0, 1, ""
    for match in _TOKEN.finditer(text + "\n"):
        token = match[0]
        depth += _DEPTH.get(token, 0)
        if token == "\n" and not depth:
            if so_far.strip():
                yield start, so_far.strip()
            so_far = ""
        elif not token.startswith("#"):
            if not so_far.strip():
                start = line
            so_far += token
        line += token.count("\n")


def _keys(header: str) -> Place:
    keys, table = [], tomllib.loads(header)
    while table:
        [(key, inside)] = table.items()
        keys.append(key)
        table = inside[0] if isinstance(inside, list) else inside
    return tuple(keys)


def _opened(keys: Place, one_of_many: bool, tables: dict[Place, int]) -> Place:
    """Say where a header leads, counting the tables of a list."""
    place: Place = ()
    for number, key in enumerate(keys, 1):
        place += (key,)
        if one_of_many and number == len(keys):
            tables[place] = tables.get(place, -1) + 1
        if place in tables:
            place += (tables[place],)
    return place


def _known(value: Any, place: Place) -> int:
    """Count how far into a value a place leads."""
    for depth, part in enumerate(place):
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return depth
    return len(place)
