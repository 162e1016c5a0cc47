"""What a person typed, kept over crashes."""

from __future__ import annotations

import json
import os
from pathlib import Path

from plugwright.home import naming
from plugwright.redaction import redact

_TAIL = 1 << 20
"""Bytes of the file that are read; it is never written anew, so it may grow."""


class History:
    """What was typed, a line of JSON each; only ever added to, and flushed each time.

    Several chats may add at once, and a line that a crash cut short is left out.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> list[str]:
        """Give what was typed, the oldest first."""
        if not self.path.exists():
            return []
        with naming(self.path), self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            lines = file.read().splitlines()
        found = (_text(line) for line in lines)
        return [text for text in found if text]

    def add(self, text: str) -> None:
        """Keep what was typed; the disk has it when this returns."""
        line = json.dumps(redact(text)).encode() + b"\n"
        with naming(self.path):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            descriptor = os.open(self.path, flags, 0o600)
            with os.fdopen(descriptor, "a+b") as file:
                if file.seek(0, os.SEEK_END):
                    file.seek(-1, os.SEEK_END)
                    # A line that was cut short must not take this one along.
                    line = line if file.read(1) == b"\n" else b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())


def _text(line: bytes) -> str:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):  # cut short, or not ours
        return ""
    return found if isinstance(found, str) else ""
