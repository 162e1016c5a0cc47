"""What a role has read, in a file, so that it need not be read again.

The library's file does not know the weights: the state of another model of the same
shape is taken without a word, and the answers are nonsense. So beside each state lies
what it belongs to, and on any difference it is refused before the library sees it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from plugwright.errors import UsageError
from plugwright_llamacpp.library import version
from plugwright_llamacpp.model import Loaded

FORMAT = "plugwright-llamacpp-state/1"
BLOCK = 4096
BLOCKS = 64
"""Places of the weights that are looked at."""


@dataclass(frozen=True, kw_only=True)
class Saved:
    """What a saved state is."""

    tokens: int
    size: int
    """Bytes."""


def save(loaded: Loaded, role: str, path: Path) -> Saved:
    """Write what a role has read to a file, and beside it to whom it belongs."""
    seat = loaded.seats.of(role)
    if not seat.tokens:
        raise UsageError(
            f"the role `{role}` has read nothing yet", remedy="ask it something first"
        )
    part = path.with_name(path.name + ".part")
    try:
        size = loaded.engine.save(seat.number, seat.tokens, str(part))
        if not size:
            raise UsageError(
                f"`{path}` cannot be written", remedy="check the folder and the disk"
            )
        note = {
            "format": FORMAT,
            "fingerprint": fingerprint(loaded),
            "tokens": len(seat.tokens),
            "digest": _digest(part),
        }
        os.replace(part, path)
        # Last: a state without its note, or with an older one, is refused.
        part.write_text(json.dumps(note, indent=2) + "\n", "utf-8")
        os.replace(part, _note(path))
    except OSError as error:
        raise UsageError(
            f"`{path}` cannot be written: {error.strerror}", remedy="check the folder"
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return Saved(tokens=len(seat.tokens), size=size)


def restore(loaded: Loaded, role: str, path: Path) -> Saved:
    """Take up what was saved; raises `UsageError` if it belongs to anything else."""
    note = _read_note(path)
    mine = fingerprint(loaded)
    theirs = note.get("fingerprint")
    theirs = theirs if isinstance(theirs, dict) else {}
    differing = sorted(
        key for key in {*mine, *theirs} if mine.get(key) != theirs.get(key)
    )
    if note.get("format") != FORMAT or differing:
        what = ", ".join(differing) or "format"
        raise UsageError(
            f"the state `{path}` is of something else: it differs in {what}",
            remedy="ask without it; the conversation is read again",
        )
    try:
        digest = _digest(path)
    except OSError as error:
        raise _broken(path, error.strerror or "it cannot be read") from None
    if digest != note.get("digest"):
        raise _broken(path, "it is not what was written")
    engine, seat = loaded.engine, loaded.seats.of(role)
    loaded.seats.clear(seat)
    tokens = engine.load(seat.number, str(path), engine.cells)
    if tokens is None and loaded.seats.clear_others(seat):
        tokens = engine.load(seat.number, str(path), engine.cells)
    if tokens is None or engine.length(seat.number) != len(tokens):
        loaded.seats.clear(seat)
        raise _broken(path, "the library refuses it")
    seat.tokens = tokens
    return Saved(tokens=len(tokens), size=path.stat().st_size)


def fingerprint(loaded: Loaded) -> dict[str, Any]:
    """Give all that a state depends on."""
    header, options = loaded.engine.header, asdict(loaded.engine.options)
    lora = Path(options["lora"]) if options["lora"] else None
    return {
        "model": identity(header.path),
        "header": header.digest,
        "lora": identity(lora) if lora else "",
        "lora_scale": options["lora_scale"],
        "context": loaded.engine.cells,
        "seats": options["seats"],
        "kv": options["kv"],
        "flash": options["flash"],
        "rope": [options["rope_base"], options["rope_scale"]],
        "library": version(),
    }


def identity(path: Path) -> str:
    """Give a short mark of a file: its size, its time, and what stands at 64 places."""
    status = path.stat()
    mark = blake2b(f"{status.st_size} {status.st_mtime_ns}".encode(), digest_size=16)
    with path.open("rb") as file:
        for number in range(BLOCKS):
            file.seek(max(status.st_size - BLOCK, 0) * number // (BLOCKS - 1))
            mark.update(file.read(BLOCK))
    return mark.hexdigest()


def _digest(path: Path) -> str:
    mark = blake2b(digest_size=16)
    with path.open("rb") as file:
        while data := file.read(1 << 20):
            mark.update(data)
    return mark.hexdigest()


def _note(path: Path) -> Path:
    return path.with_name(path.name + ".json")


def _read_note(path: Path) -> dict[str, Any]:
    try:
        note = json.loads(_note(path).read_text("utf-8"))
    except FileNotFoundError:
        raise _broken(path, "nothing says to whom it belongs") from None
    except (OSError, ValueError, RecursionError) as error:
        raise _broken(path, str(error)[:200]) from None
    return note if isinstance(note, dict) else {}


def _broken(path: Path, why: str) -> UsageError:
    return UsageError(
        f"the state `{path}` cannot be taken up: {why}",
        remedy="ask without it; the conversation is read again",
    )
