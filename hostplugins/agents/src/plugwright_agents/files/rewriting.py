"""From a new text to a difference, and from an approved difference to the file."""

from __future__ import annotations

import codecs
import os
import re
from contextlib import suppress
from pathlib import Path

from plugwright.errors import UsageError
from plugwright.home import sync_folder
from plugwright.machine import naming
from plugwright_agents.gathering import PART
from plugwright_agents.patches import name_of, patch
from plugwright_agents.reading import MOST, Skip, Text, read_text

_FENCED = re.compile(r"\A\s*```[^\n`]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_ENCODINGS = {
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
    codecs.BOM_UTF8: "utf-8",
}
MARKS = (*_ENCODINGS,)
"""How a file begins that says its encoding."""


def new_text(old: str, answer: str) -> str:
    """Take the fence off that models like to put around a file, and mend its ends."""
    if not old.lstrip().startswith("```") and (fenced := _FENCED.match(answer)):
        answer = fenced[1]
    # What the model was not asked to change: line ends, and how the file ends.
    answer = answer.replace("\r\n", "\n").rstrip("\n")
    answer += old[len(old.rstrip("\r\n")) :].replace("\r\n", "\n")
    windows = old.count("\r\n")
    return answer.replace("\n", "\r\n") if windows * 2 > old.count("\n") else answer


def encoded(read: Text, new: str) -> bytes:
    """Write a new text in the encoding of the old one."""
    for mark, encoding in _ENCODINGS.items():
        if read.raw.startswith(mark):
            return mark + new.encode(encoding, "replace")
    return new.encode("utf-8", "replace")


def difference(path: Path, old: str, new: str) -> bytes:
    """Write the difference as `git apply` and `patch -p1` take it; empty if none."""
    try:
        name = name_of(path)
    except UsageError:  # `patch -d /` finds it from the top on
        name = os.fsencode(path.absolute().as_posix().lstrip("/"))
    return patch(name, old.encode(), new.encode(errors="replace"))


def apply(path: Path, read: Text, new: str) -> None:
    """Write the new text, if the file is still the one that was read."""
    try:
        now = read_text(path, max(MOST, len(read.raw)))
    except Skip as skip:
        raise Skip(f"it was not written: {skip}") from skip
    if now.raw != read.raw:
        raise Skip("it was not written: it changed since it was read")
    real = path.resolve()  # a link stays one
    with naming(real):
        _replace(real, encoded(read, new))


def _replace(path: Path, content: bytes) -> None:
    """Put the new file in the place of the old, whose it was and for whom it was.

    A crash leaves the one or the other, and at most a part under a name that the next
    attempt takes again.
    """
    part = path.with_name(f".{path.name}{PART}")
    status = path.stat()
    with suppress(FileNotFoundError):
        part.unlink()
    # It must be new: another may have put a link there.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(part, flags, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            if hasattr(os, "fchown"):
                with suppress(PermissionError):  # only root gives files away
                    os.fchown(file.fileno(), status.st_uid, status.st_gid)
                os.fchmod(file.fileno(), status.st_mode & 0o7777)
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        with suppress(OSError):
            part.unlink()
    sync_folder(path.parent)
