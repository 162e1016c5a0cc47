"""Finds installed plugins without importing any of them.

Reading the metadata of some hundred distributions, and one manifest after the other,
takes longer than all the rest of `plugwright plugins`. What was found is kept beside,
with what it was read from: every folder of the path, and of every distribution the file
that names entry points, with times and sizes. If any of it differs, or cannot be read
or written, everything is read anew.
"""

import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from zlib import crc32

from plugwright import __version__

GROUP = "plugwright"

MARKER = "plugwright.bundles:installed"
"""The entry point of a packed bundle, which is not a module to be imported."""

SETTLED = 2.0
"""Seconds that nothing must have changed for: some file systems count no finer."""

MOST_KEPT = 8
"""Files: a path that nobody has any more leaves one behind."""


# What a list needs has no dataclasses, and no annotations that are text: to make the
# ones and to compile the others takes longer than to read the list.
class Entry(NamedTuple):
    """One plugin, as its distribution names it."""

    name: str
    value: str
    """`package.module`, or `MARKER`."""
    distribution: str
    version: str
    manifest: str = ""
    """Where its `plugin.toml` lies; empty if there is none."""
    api: str = ""
    """What the manifest says, as do the next three; empty if it cannot be used."""
    summary: str = ""
    hooks: Sequence[str] = []
    settings: Mapping[str, Any] = {}
    problem: str = ""
    """Why it goes no further than this."""
    remedy: str = ""

    @property
    def is_bundle(self) -> bool:
        """Whether it is a packed bundle, for the sandbox."""
        return self.value == MARKER


Sources: TypeAlias = dict[str, list[int]]
"""Paths, and of each what changes with whatever is there."""


class Found(NamedTuple):
    """Everything that was found, and what it was read from."""

    entries: tuple[Entry, ...]
    sources: Sources


def discover(folder: Path | None = None, now: float | None = None) -> tuple[Entry, ...]:
    """Find all plugins, by name; a `folder` for a cache may spare the reading."""
    if folder is None:
        return _look().entries
    about = _about()
    # One for each program: they share a user's folder, and each has its own path.
    cache = folder / f"plugins-{crc32(repr(about).encode()):08x}.json"
    kept = _kept(cache, about)
    if kept is not None:
        return kept
    found = _look()
    _keep(cache, about, found, time.time() if now is None else now)
    return found.entries


def _kept(cache: Path, about: Sequence[Any]) -> tuple[Entry, ...] | None:
    try:
        check, _, content = cache.read_bytes().partition(b"\n")
        if int(check, 16) != crc32(content):
            return None
        table = json.loads(content)
        if table["about"] != about:
            return None
        if any(_state(path) != was for path, was in table["sources"].items()):
            return None
        return tuple(Entry(*entry) for entry in table["entries"])
    except (OSError, ValueError):  # not there, damaged, or cut short
        return None


def _keep(cache: Path, about: Sequence[Any], found: Found, now: float) -> None:
    times = (time for state in found.sources.values() for time in state[:2])
    if max(times, default=0) > (now - SETTLED) * 1e9:
        return  # the next change could leave the same time behind
    table = {"about": about, **found._asdict()}
    content = json.dumps(table).encode()
    beside = cache.with_suffix(f".{os.getpid()}")
    try:
        cache.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.write_bytes(b"%08x\n" % crc32(content) + content)
        beside.replace(cache)
        kept = sorted(cache.parent.glob("plugins-*.json"), key=os.path.getmtime)
        for oldest in kept[:-MOST_KEPT]:
            oldest.unlink()
    except OSError:
        return  # it only spares time


def _about() -> list[Any]:
    path = _path()
    return [__version__, sys.version, path, os.getcwd() if "" in path else ""]


def _path() -> list[str]:
    # What else somebody puts there is no place to import from.
    return [place for place in sys.path if isinstance(place, str)]


def _state(path: str) -> list[int]:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return []
    return [found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_size]


def _look() -> Found:
    from importlib import metadata  # brings half of the email package

    # Looked at before it is read: what changes in between is read again.
    sources = {place or os.curdir: _state(place or os.curdir) for place in _path()}
    found: dict[tuple[str, str], Entry] = {}
    for distribution in metadata.distributions(path=_path()):
        for entry in _offered(distribution, sources):
            # Editable installs can be listed twice; the first counts, as in imports.
            found.setdefault((entry.name, entry.distribution), entry)
    return Found(tuple(found[key] for key in sorted(found)), sources)


def _offered(distribution: Any, sources: Sources) -> Iterable[Entry]:
    # There is no public name for it; without it, the folders of the path have to do.
    where = getattr(distribution, "_path", None)
    names = "entry_points.txt"
    if isinstance(where, Path):
        sources[str(where / names)] = _state(str(where / names))
    try:
        entries = distribution.entry_points.select(group=GROUP)
        if not entries:
            return []
        if isinstance(where, Path):
            sources[str(where / "METADATA")] = _state(str(where / "METADATA"))
        name, version = distribution.metadata["Name"], distribution.version
        if not name:
            raise ValueError("it has no name")
        return [
            _described(Entry(entry.name, entry.value, str(name), str(version)), sources)
            for entry in entries
        ]
    except Exception as error:
        # Broad on purpose: the broken metadata of a stranger must not stop the host.
        if not isinstance(where, Path) or not _mentions_us(where / names):
            return []
        name, _, version = where.stem.partition("-")
        entry = Entry(name, "", name, version)
        return [_out(entry, f"its metadata cannot be read: {error}")]


def _mentions_us(path: Path) -> bool:
    try:
        return f"[{GROUP}]".encode() in path.read_bytes()
    except OSError:
        return False


def _described(entry: Entry, sources: Sources) -> Entry:
    """Add what its manifest says, or why it cannot be used."""
    if entry.is_bundle:
        return entry
    folders = package_folders(entry.value)
    if folders is None:
        top = entry.value.partition(":")[0]
        return _out(entry, f"its entry point names `{top}`, which is not there")
    places = [Path(folder) / "plugin.toml" for folder in folders]
    sources.update((str(place), _state(str(place))) for place in places)
    there = next((place for place in places if os.path.lexists(place)), None)
    if there is None:
        return entry

    from plugwright.errors import Rejected
    from plugwright.hostmanifest import HostManifest

    entry = entry._replace(manifest=str(there))
    try:
        found = HostManifest.read(there)
    except Rejected as error:
        remedy = f"update or uninstall `{entry.distribution}`"
        return _out(entry, error.message, f"{remedy}; for its author: {error.remedy}")
    except OSError as error:
        return _out(entry, f"its plugin.toml cannot be read: {error.strerror}")
    entry = entry._replace(**{**found._asdict(), "name": entry.name})
    if found.name != entry.name:
        return _out(
            entry,
            f"its plugin.toml is about `{found.name}`, but its entry point is called"
            f" `{entry.name}`",
        )
    if not found.fits:
        from plugwright.expectations import API

        return _out(
            entry,
            f"it is for hosts with api {found.api}, but this one has {API}",
            "upgrade plugwright-core, or install another version of"
            f" `{entry.distribution}`",
        )
    return entry


def _out(entry: Entry, problem: str, remedy: str = "") -> Entry:
    if not remedy:
        remedy = f"update, reinstall or uninstall `{entry.distribution}`"
    return entry._replace(problem=problem, remedy=remedy)


def package_folders(value: str) -> Sequence[str] | None:
    """Find the folders of the package that a module belongs to, without importing.

    None if there is no such module.
    """
    from importlib.util import find_spec

    try:
        spec = find_spec(value.partition(":")[0].partition(".")[0])
    except (ImportError, ValueError):
        return None
    return None if spec is None else list(spec.submodule_search_locations or [])
