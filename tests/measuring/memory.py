"""How much one more live guest takes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from measuring.figures import Figure
from measuring.speed import in_worker
from plugwright.host import Host


def figures(host: Host) -> Iterator[Figure]:
    """Pages that are a guest's alone; the image's own are there once for all."""
    found = json.loads(in_worker(host))["memory"]
    names = {"plain": "a function", "sdk": "a plugin"}
    for key, size in found.items():
        name, calls = key.split()
        what = f"memory per guest, {names[name]}, {calls} calls"
        yield Figure(what, size / 2**20, "MB", promised=2.0)
