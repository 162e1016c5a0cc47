"""The time zones of the `tzdata` package, packed for the guest's `time_zones.py`.

Of some 600 zones only some 350 differ, so what is equal is kept once.
"""

from __future__ import annotations

from importlib import metadata, resources

FILE = "time_zones.dat"
"""What the packed zones are called in the guest's folder."""


def version() -> str:
    """Which zones `packed` gives."""
    return metadata.version("tzdata")


def packed() -> bytes:
    """Lines of `path start size`, an empty line, then the files' data end to end."""
    package = resources.files("tzdata")
    zones = (package / "zones").read_text("utf-8").split()
    lines, data = [], bytearray()
    starts: dict[bytes, int] = {}
    for path in sorted(["zones", *(f"zoneinfo/{zone}" for zone in zones)]):
        content = package.joinpath(*path.split("/")).read_bytes()
        if content not in starts:
            starts[content] = len(data)
            data += content
        lines.append(f"{path} {starts[content]} {len(content)}\n")
    return "".join(lines).encode() + b"\n" + data
