"""Which walls this machine has, found by raising all of them around nothing."""

from __future__ import annotations

import sys

from plugwright.errors import PlugwrightError
from plugwright.sandboxes import Wall
from plugwright_sandbox.cell.forking import Preloaded
from plugwright_sandbox.cell.syscalls import here
from plugwright_sandbox.cell.walls import NAMES
from plugwright_sandbox.cell.zygote import Zygote


def look() -> tuple[Wall, ...]:
    """Tell what this machine offers, by raising every wall around a trial process."""
    if sys.platform != "linux":
        return tuple(Wall(name, False, "Linux only") for name in NAMES)
    if here() is None:
        why = "only on 64-bit x86 and ARM processors"
        return tuple(Wall(name, False, why) for name in NAMES)
    try:
        with (
            Zygote(f"{__name__}:nothing", "", search_path=sys.path) as zygote,
            zygote.fork(memory=64 << 20, cpu_seconds=1) as process,
        ):
            return tuple(process.ready())
    except (PlugwrightError, OSError) as error:
        why = f"no trial process could be made: {error}"
        return tuple(Wall(name, False, why) for name in NAMES)


def nothing(argument: str) -> Preloaded:
    """What the trial's zygote has ready: workers that end at once."""
    return Preloaded(serve=lambda host: None, walls="restricted")
