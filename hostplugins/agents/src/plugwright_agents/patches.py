"""Differences as `git apply` and `patch -p1` take them, in the bytes of the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import diff_bytes, unified_diff
from pathlib import Path

from plugwright.errors import UsageError

_ESCAPES = {ord('"'): b'\\"', ord("\\"): b"\\\\", ord("\n"): b"\\n", ord("\t"): b"\\t"}


def patch(name: bytes, old: bytes, new: bytes) -> bytes:
    """Write what makes the new content of the old one; empty if they are the same."""
    found = diff_bytes(
        unified_diff,
        [*_lines(old)],
        [*_lines(new)],
        _quoted(b"a/" + name),
        _quoted(b"b/" + name),
    )
    parts = []
    for line in found:
        end = b"" if line.endswith(b"\n") else b"\n\\ No newline at end of file\n"
        parts.append(line + end)
    return b"".join(parts)


def name_of(path: Path) -> bytes:
    """Name a file from this folder on. UsageError for what is not below it."""
    name = os.path.relpath(path)
    if name.split(os.sep)[0] == os.pardir or os.path.isabs(name):
        raise UsageError(
            f"`{path}` is not below this folder, so that no patch can name it",
            remedy="go to a folder above it",
        )
    return os.fsencode(Path(name).as_posix())


def _quoted(name: bytes) -> bytes:
    """Write a name as git does where there is something strange in it."""
    if all(byte >= 0x20 and byte not in b'"\\\x7f' for byte in name):
        # Where there is a space, a tab says that the name is over.
        return name + b"\t" if b" " in name else name
    parts = (
        _ESCAPES.get(byte)
        or (b"%c" % byte if 0x20 <= byte < 0x7F else b"\\%03o" % byte)
        for byte in name
    )
    return b'"%s"' % b"".join(parts)


def _lines(content: bytes) -> Iterator[bytes]:
    # Not `splitlines`: a lone carriage return ends no line for `patch`.
    start = 0
    while start < len(content):
        end = content.find(b"\n", start) + 1 or len(content)
        yield content[start:end]
        start = end
