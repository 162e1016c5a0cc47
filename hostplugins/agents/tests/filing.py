"""What the tests of files share: files, and a model that says which one it has."""

from __future__ import annotations

import json
import re
from pathlib import Path

from scripts import Model

from plugwright.providers import Request


def name_of(request: Request) -> str:
    """Find which file a model is asked about."""
    said = next(m.content for m in request.messages if m.role == "user")
    found = re.match(r'The file (".*?"):\n', said)
    assert found
    return str(json.loads(found[1]))


def text_of(request: Request) -> str:
    """Find what stands in the file that a model is asked about."""
    said = next(m.content for m in request.messages if m.role == "user")
    return said.split("\n", 2)[2].rpartition("\n")[0]


def naming_model() -> Model:
    """Make a model that says the name of the file."""
    return Model(by=lambda request: f"about {name_of(request)}")


def write(**files: str | bytes) -> None:
    """Write files; `d__a_txt` is `d/a.txt`."""
    for name, content in files.items():
        path = Path(name.replace("__", "/").replace("_", "."))
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = content if isinstance(content, bytes) else content.encode()
        path.write_bytes(raw)
