"""A second reader of strict JSON, slow and plain, for `frames.parse` to agree with.

It is written from RFC 8259 and from what `frames` says of itself, and shares no code
with it or with Python's own reader.
"""

from __future__ import annotations

import math
import re
from typing import Any

DEPTH = 100
LARGEST = 2**53

_BLANK = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
_FOUR = re.compile(r"[0-9a-fA-F]{4}")
_WORDS = {"null": None, "true": True, "false": False}
_ESCAPES = {**{c: c for c in '"\\/'}, **dict(zip("bfnrt", "\b\f\n\r\t", strict=True))}


def read(text: str) -> Any:
    """Give the value, or raise ValueError."""
    text.encode()  # text with half a character in it is no text
    reader = _Reader(text)
    value = reader.value(0)
    reader.blank()
    if reader.at != len(text):
        raise ValueError("more follows")
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def blank(self) -> None:
        self.at = _BLANK.match(self.text, self.at).end()

    def take(self, wanted: str) -> bool:
        found = self.text.startswith(wanted, self.at)
        self.at += len(wanted) * found
        return found

    def value(self, depth: int) -> Any:
        self.blank()
        if self.take("{"):
            return self.table(depth + 1)
        if self.take("["):
            return self.array(depth + 1)
        if self.take('"'):
            return self.string()
        for word, meaning in _WORDS.items():
            if self.take(word):
                return meaning
        return self.number()

    def table(self, depth: int) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for _ in self.items("}", depth):
            if not self.take('"'):
                raise ValueError("no key")
            key = self.string()
            self.blank()
            if key in made or not self.take(":"):
                raise ValueError("a key twice, or no value")
            made[key] = self.value(depth)
        return made

    def array(self, depth: int) -> list[Any]:
        return [self.value(depth) for _ in self.items("]", depth)]

    def items(self, end: str, depth: int) -> Any:
        if depth > DEPTH:
            raise ValueError("too deep")
        self.blank()
        if self.take(end):
            return
        while True:
            self.blank()
            yield
            self.blank()
            if self.take(end):
                return
            if not self.take(","):
                raise ValueError("no comma")

    def number(self) -> int | float:
        found = _NUMBER.match(self.text, self.at)
        if not found:
            raise ValueError("nothing that can begin a value")
        self.at = found.end()
        if found[1] or found[2]:
            if not math.isfinite(made := float(found[0])):
                raise ValueError("infinite")
            return made
        if len(found[0]) > 20 or abs(whole := int(found[0])) > LARGEST:
            raise ValueError("too large")
        return whole

    def string(self) -> str:
        parts = []
        while True:
            plain = _PLAIN.match(self.text, self.at)
            parts.append(plain[0])
            self.at = plain.end()
            if self.take('"'):
                break
            if not self.take("\\"):
                raise ValueError("the text has no end, or a control character")
            parts.append(self.escape())
        units = "".join(parts).encode("utf-16-le", "surrogatepass")
        return units.decode("utf-16-le")  # halves that met are one character now

    def escape(self) -> str:
        if self.take("u"):
            found = _FOUR.match(self.text, self.at)
            if not found:
                raise ValueError("no four digits")
            self.at += 4
            return chr(int(found[0], 16))
        mark = self.text[self.at : self.at + 1]
        if mark not in _ESCAPES:
            raise ValueError("no escape")
        self.at += 1
        return _ESCAPES[mark]
