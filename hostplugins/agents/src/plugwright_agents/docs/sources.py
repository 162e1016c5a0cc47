"""Reads Python source as Python does: in whatever encoding the file says it is."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path

from plugwright_agents.reading import Skip, read_raw

MOST = 4 << 20
"""Bytes of a file; what is more was made by a program."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, kw_only=True)
class Source:
    """One file of Python."""

    path: Path
    raw: bytes
    text: str
    encoding: str
    """As Python calls it; `utf-8-sig` begins with a mark."""

    @property
    def lines(self) -> list[str]:
        """Its lines as Python counts them, with their ends: a form feed is none."""
        return lines_of(self.text)

    def encoded(self, text: str) -> bytes:
        """Write another text as this file is written."""
        return text.encode(self.encoding, "backslashreplace")


def read_source(path: Path) -> Source:
    """Read a file. Raises `Skip` for what is none of Python's."""
    raw = read_raw(path, MOST)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        text = raw.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise Skip(f"it is no Python: {_short(error)}") from None
    return Source(path=path, raw=raw, text=text, encoding=encoding)


def tree_of(text: str) -> ast.Module:
    """Parse; nothing is run. Raises `Skip` where it is no Python of this version."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a stranger's odd escapes
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        where = f", line {line}" if line else ""
        raise Skip(f"it is no Python: {_short(error)}{where}") from None


def lines_of(text: str) -> list[str]:
    """Take a text apart into lines, as Python counts them."""
    return _LINE.findall(text)


def _short(error: BaseException) -> str:
    return str(error).split(" (")[0].split("\n")[0] or type(error).__name__
