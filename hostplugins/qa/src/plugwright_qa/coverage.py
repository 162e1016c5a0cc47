"""What of a plugin ran while its tests did: noted inside of the guest, read outside.

Nothing that a plugin's guest says is believed beyond its shape: its notes are offsets
into code, and a guest in which the plugin never runs says what these are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from plugwright.judging import Case, Coverage
from plugwright.quotas import Quota
from plugwright.sandboxes import GENERATED, JSON, Guest, Sandbox, Session

PACKAGE: Final = "plugwright_qa_coverage"
TELLING = Quota(fuel=1_000_000_000, seconds=20.0, payload=4 << 20)
"""What saying what ran may use, and what reading it may."""
READING = Quota(
    fuel=20_000_000_000,
    seconds=60.0,
    payload=16 << 20,
    received=64 << 20,
    sent=64 << 20,
)
MORE = 10
"""How many times the fuel a call may use while it is watched."""
MOST = 50_000
"""Places of one file that are kept; an honest file of this many lines is none."""


def measuring(case: Case) -> Case:
    """The same case for the run that is watched: watching costs, and all is in wasm."""
    quota = replace(
        case.quota,
        fuel=MORE * case.quota.fuel,
        load_fuel=MORE * case.quota.load_fuel,
    )
    return replace(case, quota=quota, coverage=False, engine=GENERATED)


class Notes:
    """What the plugin's guests said of themselves, test after test."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = {
            name: text for name, text in sorted(files.items()) if name.endswith(".py")
        }
        self._lines: dict[str, set[int]] = {name: set() for name in self._files}
        self._branches: dict[str, set[tuple[str, int, int]]]
        self._branches = {name: set() for name in self._files}

    def noting(self, guest: Guest) -> Guest:
        """The same guest, watched."""
        arguments = guest.arguments
        assert isinstance(arguments, dict)
        names: list[JSON] = [*self._files]
        return replace(
            guest,
            dispatcher=f"{PACKAGE}:dispatch",
            packages=(*guest.packages, PACKAGE),
            arguments={**arguments, "files": names},
        )

    def take(self, session: Session) -> None:
        """Ask a guest what of it ran; one that has ended says nothing."""
        told = session.call("ran", None, quota=TELLING).value
        if not isinstance(told, dict):
            return
        for name in self._files:
            seen = told.get(name)
            if isinstance(seen, dict):
                _keep(self._lines[name], _numbers(seen.get("lines")))
                _keep(self._branches[name], _places(seen.get("branches")))

    def read(self, sandbox: Sandbox) -> dict[str, Coverage]:
        """Have the notes read in a guest of their own."""
        ran = {
            name: {
                "lines": sorted(self._lines[name]),
                "branches": [[*each] for each in sorted(self._branches[name])],
            }
            for name in self._files
        }
        session = sandbox.open(
            Guest(
                name="the reader of what ran",
                files={},
                dispatcher=f"{PACKAGE}:read",
                packages=("plugwright_sdk", PACKAGE),
                quota=READING,
                # Python looks at the clock itself when it collects much garbage.
                clock=0.0,
                seed=0,
            )
        )
        request: Any = {"files": dict(self._files), "ran": ran}
        try:
            read = session.call("read", request).value
        finally:
            session.close()
        if not isinstance(read, dict):
            return {}  # too much source to be read
        return {name: _coverage(found) for name, found in read.items()}


def _coverage(read: Any) -> Coverage:
    return Coverage(
        lines=tuple(read["lines"]),
        executed=tuple(read["executed"]),
        branches=tuple((a, b) for a, b in read["branches"]),
        taken=tuple((a, b) for a, b in read["taken"]),
    )


def _keep(kept: set[Any], found: Iterable[Any]) -> None:
    for each in found:
        if len(kept) >= MOST:
            return
        kept.add(each)


def _numbers(told: JSON) -> list[int]:
    return [each for each in _list(told) if type(each) is int and abs(each) < 1 << 31]


def _places(told: JSON) -> list[tuple[str, int, int]]:
    """What has the shape of a place in code; the rest is left out."""
    found = []
    for each in _list(told):
        match each:
            case [str(key), *offsets] if len(key) < 1000:
                match _numbers(offsets):
                    case [source, target] if len(offsets) == 2:
                        found.append((key, source, target))
    return found


def _list(told: JSON) -> list[JSON]:
    return told if isinstance(told, list) else []
