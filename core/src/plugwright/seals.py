"""The names that files get from their content, and what is not as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

LIST = ".sha256sums"
"""Beside a written bundle's files, as `sha256sum --check` reads it. Not part of it."""


def content_id(files: Mapping[str, bytes]) -> str:
    """Compute the id: lengths stand before names and contents, so none can pose."""
    digest = hashlib.sha256()
    for path in sorted(files):
        for part in (path.encode(), files[path]):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def listed(files: Mapping[str, bytes]) -> bytes:
    """Write down what each file is."""
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {path}\n"
        for path, content in sorted(files.items())
    ).encode()


def changed(folder: Path, files: Mapping[str, bytes]) -> str:
    """Name what is not as it was listed.

    That is a hint for people: whoever changed a file can change the list, too.
    """
    try:
        was = set((folder / LIST).read_bytes().splitlines())
    except OSError:
        was = set()
    odd = sorted(
        {
            line[66:].decode(errors="replace")
            for line in was ^ set(listed(files).splitlines())
        }
    )
    if not was or not odd:
        return "a file"
    more = f" (and {len(odd) - 1} more)" if odd[1:] else ""
    return f"`{odd[0]:.200}`{more}"
