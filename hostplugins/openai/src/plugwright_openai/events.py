"""Server-sent events, parsed as their bytes come, wherever they are cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

LONGEST = 16 << 20
"""Bytes of one line; a longer one is no event but an attack or an accident."""


class Heard(NamedTuple):
    """One event."""

    name: str
    data: bytes


class TooMuch(ValueError):
    """A line does not end."""


class Events:
    """Makes events of bytes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        """Of a line that has not ended."""
        self._size = 0
        self._name = ""
        self._data: list[bytes] = []
        self._is_first = True

    def feed(self, piece: bytes) -> Iterator[Heard]:
        """Take some bytes, and give the events that they complete."""
        if b"\n" not in piece and b"\r" not in piece and not self._ends_with_cr():
            self._hold(piece)
            return
        text = b"".join([*self._parts, piece])
        self._parts, self._size = [], 0
        # Half of a line's end may be all that has come of it.
        held = text.endswith(b"\r")
        lines = text.removesuffix(b"\r").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *complete, rest = lines.split(b"\n")
        self._hold(rest + b"\r" if held else rest)
        for each in complete:
            yield from self._line(each)

    def end(self) -> Iterator[Heard]:
        """Give an event that only lacks the empty line behind it."""
        rest = b"".join(self._parts).removesuffix(b"\r")
        self._parts, self._size = [], 0
        yield from self._line(rest)
        yield from self._line(b"")

    def _ends_with_cr(self) -> bool:
        return bool(self._parts) and self._parts[-1].endswith(b"\r")

    def _hold(self, piece: bytes) -> None:
        if piece:
            self._parts.append(piece)
            self._size += len(piece)
        if self._size > LONGEST:
            raise TooMuch(f"a line is longer than {LONGEST >> 20} MiB")

    def _line(self, line: bytes) -> Iterator[Heard]:
        if self._is_first:
            self._is_first = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line:
            if self._data:
                yield Heard(self._name, b"\n".join(self._data))
            self._name, self._data = "", []
            return
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._data.append(value)
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
