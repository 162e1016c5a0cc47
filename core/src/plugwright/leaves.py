"""The rows of a damaged file of SQLite, read page by page and without SQLite.

SQLite gives up a table at the first page of it that makes no sense, and all of a file
whose first page does not. The rows stand in leaves, and each leaf can be read alone: a
table is followed from its root as far as that goes. Of a table with a hole, leaves are
looked for in the whole file as well. What is found that way had lost its place; it may
be older than what was lost, so it is told apart.

No text that somebody had kept can pass for a leaf: what is too long for a leaf is kept
in pages that begin with the number of another page, and a leaf begins with 13.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, TypeAlias

Values: TypeAlias = tuple[Any, ...]

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_LEAF, _INNER = 13, 5
_NUMBERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of a whole number, by how its kind is written."""
_FLOAT, _ZERO, _ONE = 7, 8, 9
_FITS = {"INTEGER": (int,), "REAL": (float, int), "TEXT": (str,), "BLOB": (bytes,)}
_LAST = (1 << 63) - 1

Torn = (ValueError, IndexError, struct.error)
"""What reading nonsense raises."""


@dataclass(frozen=True)
class Shape:
    """What the rows of one table look like."""

    table: str
    kinds: tuple[str, ...]
    """Of each column, as a STRICT table names them; the row's number has none."""
    empty: tuple[bool, ...]
    """Whether a column may be empty."""

    def fits(self, values: Values) -> bool:
        """Tell whether these can be a row of the table."""
        return len(values) == len(self.kinds) and all(
            may if value is None else isinstance(value, _FITS.get(kind, ()))
            for value, kind, may in zip(values, self.kinds, self.empty, strict=True)
        )


@dataclass
class Found:
    """What could be read of one table."""

    rows: dict[int, Values] = field(default_factory=dict)
    """By their numbers."""
    loose: set[int] = field(default_factory=set)
    """Numbers of rows that had lost their place."""
    holes: list[tuple[int, int]] = field(default_factory=list)
    """The first and the last number that a page which cannot be read may have had."""
    found_again: list[tuple[int, int]] = field(default_factory=list)
    """The first and the last number of each leaf that had lost its place."""
    spoiled: int = 0
    """Rows that are there and make no sense."""


class Leaves:
    """One file without a log, which nobody writes."""

    def __init__(self, file: IO[bytes], size: int = 4096) -> None:
        self._file = file
        header = file.read(_HEADER)
        self.size = page_size(header) or size
        """Bytes of a page."""
        self.room = 0
        """Bytes that are there, or were before the file was cut short."""
        self._count = -(-file.seek(0, os.SEEK_END) // self.size)
        self._free: set[int] = set()
        self._seen: set[int] = set()
        if header.startswith(_MAGIC) and len(header) == _HEADER:
            pages, trunk = struct.unpack(">II", header[28:36])
            self._free = {*self._freed(trunk)}
            # A length that is nonsense is believed up to a terabyte.
            self.room = min(pages * self.size, 1 << 40)
        self.room = max(self.room, self._count * self.size)

    def _roots(self) -> dict[str, int]:
        found = self._walked(1, Found(), None)
        return {
            str(row[1]): row[3]
            for row in found.rows.values()
            if len(row) == 5 and row[0] == "table" and isinstance(row[3], int)
        }

    def tables(
        self, shapes: Sequence[Shape], usual: dict[str, int]
    ) -> dict[str, Found]:
        """Read tables; where one begins is told by the file, or else is as usual."""
        roots = {**usual, **self._roots()}
        found = {
            shape.table: self._walked(roots[shape.table], Found(), shape)
            for shape in shapes
        }
        torn = [shape for shape in shapes if found[shape.table].holes]
        known = self._seen | self._free
        for page in range(1, self._count + 1) if torn else ():
            if page not in known:
                self._take_loose(page, torn, found)
        return found

    def _take_loose(
        self, page: int, torn: Sequence[Shape], found: dict[str, Found]
    ) -> None:
        rows = dict(self._leaf(page))
        good = {number: row for number, row in rows.items() if row is not None}
        for shape in torn:
            if good and all(shape.fits(row) for row in good.values()):
                table = found[shape.table]
                table.loose |= {*good} - {*table.rows}
                table.rows = good | table.rows
                table.found_again.append((min(good), max(good)))
                table.spoiled += len(rows) - len(good)
                return

    def _walked(self, root: int, found: Found, shape: Shape | None) -> Found:
        todo = [(root, -_LAST, _LAST)]
        while todo:
            page, low, high = todo.pop()
            if page in self._seen:
                found.holes.append((low, high))
                continue
            try:
                kind = self._page(page)[self._start(page)]
                below = self._below(page, low, high) if kind == _INNER else []
            except Torn:
                kind = 0
            if kind == _INNER:
                self._seen.add(page)
                todo += reversed(below)
            elif kind == _LEAF:
                self._take(page, found, shape, (low, high))
            else:
                found.holes.append((low, high))
        return found

    def _take(
        self, page: int, found: Found, shape: Shape | None, bounds: tuple[int, int]
    ) -> None:
        rows = dict(self._leaf(page))
        good = {
            number: row
            for number, row in rows.items()
            if row is not None
            and (shape is None or shape.fits(row))
            and bounds[0] <= number <= bounds[1]
        }
        # A page of something else; or one that lost its rows, but not where they end.
        if not good and (rows or not self._is_empty(page)):
            found.holes.append(bounds)
            return
        self._seen.add(page)
        found.spoiled += len(rows) - len(good)
        found.rows |= good

    def _is_empty(self, page: int) -> bool:
        (end,) = struct.unpack_from(">H", self._page(page), self._start(page) + 5)
        return int(end) == self.size % 65536

    def _below(self, page: int, low: int, high: int) -> list[tuple[int, int, int]]:
        content, start = self._page(page), self._start(page)
        below = []
        for place in self._cells(content, start, 12):
            (child,) = struct.unpack_from(">I", content, place)
            number, _ = _varint(content, place + 4)
            if not low <= number <= high:
                raise ValueError("out of order")
            below.append((child, low, number))
            low = number + 1
        (last,) = struct.unpack_from(">I", content, start + 8)
        return [*below, (last, low, high)]

    def _leaf(self, page: int) -> Iterator[tuple[int, Values | None]]:
        """Give the number and the values of each row of a leaf; none of a torn one."""
        try:
            content, start = self._page(page), self._start(page)
            if content[start] != _LEAF:
                return
            places = [*self._cells(content, start, 8)]
        except Torn:
            return
        for place in places:
            row: Values | None
            try:
                length, after = _varint(content, place)
                number, after = _varint(content, after)
                row = _record(self._payload(content, length, after))
            except Torn:
                number, row = -place, None  # counts, and is no other row's number
            yield number, row

    def _cells(self, content: bytes, start: int, header: int) -> Iterator[int]:
        (count,) = struct.unpack_from(">H", content, start + 3)
        first = start + header
        if first + 2 * count > self.size:
            raise ValueError("more cells than a page holds")
        yield from struct.unpack_from(f">{count}H", content, first)

    def _payload(self, content: bytes, length: int, place: int) -> bytes:
        # How much of a long row its leaf holds: see SQLite's description of its files.
        most, least = self.size - 35, (self.size - 12) * 32 // 255 - 23
        if length <= most:
            payload = content[place : place + length]
        else:
            local = least + (length - least) % (self.size - 4)
            local = local if local <= most else least
            if length > self.room:
                raise ValueError("longer than the file")
            payload = content[place : place + local]
            (after,) = struct.unpack_from(">I", content, place + local)
            while len(payload) < length:
                more = self._page(after)
                if not any(more):
                    raise ValueError("overwritten")
                (after,) = struct.unpack_from(">I", more)
                payload += more[4 : 4 + length - len(payload)]
            if after:
                raise ValueError("goes on after its end")
        if len(payload) < length:
            raise ValueError("cut short")
        return payload

    def _freed(self, trunk: int) -> Iterator[int]:
        """Give every page that was given back, as far as their list can be read."""
        seen: set[int] = set()
        while trunk and trunk not in seen:
            seen.add(trunk)
            yield trunk
            try:
                content = self._page(trunk)
                trunk, count = struct.unpack_from(">II", content)
                yield from struct.unpack_from(f">{count}I", content, 8)
            except Torn:
                return

    def _page(self, number: int) -> bytes:
        if not 1 <= number <= self._count:
            raise ValueError("no such page")
        self._file.seek((number - 1) * self.size)
        content = self._file.read(self.size)
        if len(content) < self.size:
            # What a file ends with in the middle of a page may still have rows.
            content = content.ljust(self.size, b"\0")
        return content

    def _start(self, page: int) -> int:
        return _HEADER if page == 1 else 0


def page_size(header: bytes) -> int:
    """Give the bytes of a page, as the file's header says; 0 for nonsense."""
    size = int.from_bytes(header[16:18], "big")
    size = 65536 if size == 1 else size
    return size if size >= 512 and size & (size - 1) == 0 else 0


def _record(payload: bytes) -> Values:
    end, place = _varint(payload, 0)
    kinds = []
    while place < end:
        kind, place = _varint(payload, place)
        kinds.append(kind)
    if place != end:
        raise ValueError("a header that ends in the middle")
    values = []
    for kind in kinds:
        value, place = _value(payload, place, kind)
        values.append(value)
    if place != len(payload):
        raise ValueError("more than its header says")
    return tuple(values)


def _value(payload: bytes, place: int, kind: int) -> tuple[Any, int]:
    if kind in (0, _ZERO, _ONE):
        return {0: None, _ZERO: 0, _ONE: 1}[kind], place
    is_number = kind in _NUMBERS or kind == _FLOAT
    if not is_number and kind < 12:
        raise ValueError("no such kind")
    length = _NUMBERS.get(kind, 8) if is_number else (kind - 12) // 2
    part = payload[place : place + length]
    if len(part) < length:
        raise ValueError("cut short")
    value: Any
    if kind == _FLOAT:
        (value,) = struct.unpack(">d", part)
    elif is_number:
        value = int.from_bytes(part, "big", signed=True)
    else:
        value = part.decode() if kind % 2 else part
    return value, place + length


def _varint(content: bytes, place: int) -> tuple[int, int]:
    value = 0
    for after in range(place + 1, place + 9):
        byte = content[after - 1]
        value = value << 7 | byte & 127
        if byte < 128:
            return value, after
    value = value << 8 | content[place + 8]
    return value - (1 << 64) if value >> 63 else value, place + 9
