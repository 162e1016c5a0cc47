"""Files that are whole at every instant."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from plugwright.errors import HostError


def write_whole(path: Path, text: str) -> None:
    """Put a file in place at once: who looks finds the old one or the new one."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            # Before the rename, or a power cut may leave the name without the content.
            os.fsync(file.fileno())
        os.replace(part, path)
    except (OSError, UnicodeEncodeError) as error:
        raise HostError(
            f"`{path}` could not be written: {error}",
            remedy="what stood there is intact; make room or name another place",
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()
