"""Reads a text file whole, or says why not."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from plugwright.amounts import size_in_words

MOST = 400_000
"""Bytes of a file that is read, if nobody says otherwise."""
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Skip(Exception):
    """A file that is passed over; says why."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A file as it was at one instant."""

    text: str
    raw: bytes

    @property
    def digest(self) -> str:
        """What is the same for the same content."""
        return sha256(self.raw).hexdigest()


Opener = Callable[[str, int], int]
"""Opens a path with flags, as `os.open` does."""


def read_text(path: Path, most: int = MOST, *, opener: Opener = os.open) -> Text:
    """Read a file. Raises `Skip` if it is no text, too big, or does not hold still."""
    raw = read_raw(path, most, opener=opener)
    return Text(text=_decoded(raw), raw=raw)


def read_raw(path: Path, most: int, *, opener: Opener = os.open) -> bytes:
    """Read a file of no more than so many bytes. Raises `Skip`, as `read_text` does."""
    for _ in range(2):
        if (raw := _at_one_instant(path, most, opener)) is not None:
            return raw
    raise Skip("it changed while it was read")


def _at_one_instant(path: Path, most: int, opener: Opener) -> bytes | None:
    """Give its content; None if it changed meanwhile."""

    def at_once(path: str, flags: int) -> int:
        return opener(path, flags | getattr(os, "O_NONBLOCK", 0))

    try:
        # A pipe would have us wait for somebody to write into it; one that takes the
        # file's place just now, too, if it were not opened at once.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise Skip("it is no file")
        with open(path, "rb", opener=at_once) as f:
            before = os.fstat(f.fileno())
            if before.st_size > most:
                size, limit = size_in_words(before.st_size), size_in_words(most)
                raise Skip(f"it is too big: {size}, and {limit} are read at most")
            raw = f.read(most + 1)
            after, named = os.fstat(f.fileno()), os.stat(path)
    except (OSError, ValueError) as error:  # a name may have zero bytes
        why = getattr(error, "strerror", None) or str(error)
        raise Skip(f"it cannot be read: {why}") from error
    is_same = _state(before) == _state(after) == _state(named)
    return raw if is_same and len(raw) == before.st_size else None


def _state(found: os.stat_result) -> tuple[int, ...]:
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _decoded(raw: bytes) -> str:
    encoding = "utf-16" if raw.startswith(_UTF16) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        raise Skip("it is no text: neither UTF-8 nor UTF-16") from None
    if "\0" in text:
        raise Skip("it is no text: there are zero bytes in it")
    return text
