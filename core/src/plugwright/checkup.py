"""Looks at this machine: does it have what Plugwright needs, and which walls hold here?

Every look is taken by itself and answers, whatever goes wrong: what is asked about here
is what may be broken.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from plugwright.amounts import size_in_words
from plugwright.blocklist import Blocklist
from plugwright.errors import PlugwrightError, in_one_line
from plugwright.home import Home
from plugwright.host import Host
from plugwright.machine import cannot_use
from plugwright.offers import only
from plugwright.running import raise_for
from plugwright.sandboxes import GENERATED, Guest, Sandbox, SandboxOffer, Wall

OLDEST_PYTHON = (3, 11)
ROOM = 200 << 20
"""Bytes that building the guest image takes, with some to spare."""

_PROBE = Guest(
    name="doctor",
    # Nothing that another plugin would have to bring.
    files={"probe.py": "def dispatch(operation, arguments):\n    return arguments\n"},
    dispatcher="probe:dispatch",
    seed=0,
)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    holds: bool
    detail: str
    remedy: str = ""
    needed: bool = False
    """Whether nothing can run without it."""


@dataclass(frozen=True)
class EngineFinding:
    """What one engine can do here."""

    name: str
    summary: str
    works: bool
    detail: str
    remedy: str
    walls: tuple[Wall, ...]


@dataclass(frozen=True)
class Checkup:
    """Everything that was looked at."""

    python: str
    platform: str
    machine: tuple[Finding, ...]
    engines: tuple[EngineFinding, ...]
    plugins: tuple[Finding, ...]

    @property
    def is_well(self) -> bool:
        """Whether all is there that generated plugins need."""
        return all(found.holds for found in self.machine if found.needed) and any(
            engine.works for engine in self.engines if engine.name == GENERATED
        )


def examine(host: Host) -> Checkup:
    """Look at everything; a guest is run in every engine."""
    machine = [
        _python(),
        _home(host.home),
        _records(host),
        _blocklist(host.home),
        _folder("cache folder", host.cache, needed=False),
        _room(host.cache),
    ]
    offers = host.hooks.sandboxes.by_plugin(host=host)
    names = sorted({offer.name for _, offer in offers}, reverse=True)
    engines = tuple(_engine(host, name, offers) for name in names)
    host.ask_all()
    plugins = tuple(
        Finding(
            plugin.name,
            not plugin.problem,
            plugin.problem or f"{plugin.distribution} {plugin.version}",
            plugin.remedy,
        )
        for plugin in host.plugins
    )
    return Checkup(
        platform.python_version(), platform.platform(), tuple(machine), engines, plugins
    )


def _python() -> Finding:
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return Finding(
        "Python",
        sys.version_info >= OLDEST_PYTHON,
        f"{platform.python_version()}, {oldest} or newer is needed",
        f"install Python {oldest} or newer",
        needed=True,
    )


def _home(home: Home) -> Finding:
    try:
        home.check_own()
    except PlugwrightError as error:
        # What nobody may approve from, nothing can run from.
        return Finding("home folder", False, error.message, error.remedy, needed=True)
    return _folder("home folder", home.folder, needed=True)


def _folder(name: str, folder: Path, *, needed: bool) -> Finding:
    try:
        there = _existing(folder)
        with tempfile.TemporaryFile(dir=there):
            pass
        state = there.stat()
    except OSError as error:
        told = cannot_use(folder, error)
        return Finding(name, False, told.message, told.remedy, needed)
    if there != folder:
        return Finding(name, True, f"`{folder}` is made when it is needed", "", needed)
    if os.name == "posix" and state.st_mode & 0o077:
        return Finding(
            name,
            False,
            f"`{folder}` is open to other users of this machine",
            f"chmod 700 '{folder}'",
        )
    return Finding(name, True, f"`{folder}`, for this user alone", "", needed)


def _existing(folder: Path) -> Path:
    """Give the folder, or the nearest one above that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists())


def _records(host: Host) -> Finding:
    try:
        broken = host.ledger.verify()
    except PlugwrightError as error:
        return Finding("records", False, error.message, error.remedy, needed=True)
    if broken is not None:
        return Finding(
            "records",
            False,
            f"the ledger is broken at row {broken.seq}: {broken.what}",
            "restore plugwright.db from a backup; without one, "
            "`plugwright ledger salvage` keeps what is proven",
        )
    return Finding("records", True, "the ledger is whole", needed=True)


def _blocklist(home: Home) -> Finding:
    found = Blocklist.read(home.folder / "blocklist.json")
    if found.mistakes:
        detail = "; ".join(found.mistakes)
        return Finding("blocklist", False, detail, "correct it: it blocks nobody")
    return Finding("blocklist", True, f"entries: {len(found.entries)}")


def _room(folder: Path) -> Finding:
    try:
        free = shutil.disk_usage(_existing(folder)).free
    except OSError as error:
        return Finding("disk space", False, in_one_line(error), "look at that folder")
    return Finding(
        "disk space",
        free >= ROOM,
        f"{size_in_words(free)} free where the guest image is kept",
        f"free some; building the image takes {size_in_words(ROOM)}",
    )


def _engine(
    host: Host, name: str, offers: Sequence[tuple[str, SandboxOffer]]
) -> EngineFinding:
    try:
        _, offer = only("sandbox", name, offers, "plugwright-sandbox")
    except PlugwrightError as error:
        return EngineFinding(name, "nobody's", False, error.message, error.remedy, ())
    try:
        sandbox = offer.open()
    except Exception as error:
        return EngineFinding(offer.name, offer.summary, False, *_said(error), ())
    with suppress(Exception), closing(sandbox):
        works, detail, remedy = _ran(host, sandbox)
        walls = _walls(sandbox)
    return EngineFinding(offer.name, offer.summary, works, detail, remedy, walls)


def _ran(host: Host, sandbox: Sandbox) -> tuple[bool, str, str]:
    built = False

    def progress(what: str, part: float) -> None:
        nonlocal built
        built = True
        host.progress(what, part)

    try:
        sandbox.prepare(progress)
        session = sandbox.open(_PROBE)
        try:
            raise_for(_PROBE.name, session.loaded)
            raise_for(_PROBE.name, session.call("echo", None))
        finally:
            session.close()
    except Exception as error:
        return (False, *_said(error))
    how = "built just now" if built else "there already"
    return True, f"a guest ran; what it runs on was {how}", ""


def _walls(sandbox: Sandbox) -> tuple[Wall, ...]:
    try:
        return tuple(sandbox.walls())
    except Exception as error:
        return (Wall("walls", False, f"cannot be told: {in_one_line(error)}"),)


def _said(error: Exception) -> tuple[str, str]:
    # Whatever an engine raises, on purpose or not, is what is looked for here.
    if isinstance(error, PlugwrightError):
        return error.message, error.remedy
    return in_one_line(error), "update or uninstall the plugin that offers this engine"
