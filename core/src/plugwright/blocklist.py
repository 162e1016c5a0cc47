"""Plugins that are known to be bad, and from which version on they are good again.

`blocklist.json` in the home folder is a list of entries like

    {"plugin": "tutor", "below": "1.4", "reason": "it loses notes"}
    {"distribution": "tutor-plugin", "reason": "its author's key was stolen"}
    {"bundle": "3f9c…", "reason": "it tells secrets"}

An entry that cannot be understood blocks nothing and is told; the others hold.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """Why something may not run."""

    reason: str
    below: str = ""
    """The lowest version that is good; empty if none is known."""

    @property
    def remedy(self) -> str:
        """What to do."""
        if self.below:
            return f"upgrade it to {self.below} or newer"
        return "no good version is known: uninstall it"


@dataclass(frozen=True)
class Blocklist:
    """Everything that is blocked."""

    entries: tuple[dict[str, str], ...] = ()
    mistakes: tuple[str, ...] = ()
    """What of the file cannot be understood."""

    @classmethod
    def read(cls, path: Path) -> Blocklist:
        """Read the file; nothing is blocked where there is none."""
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError) as error:
            return cls((), (f"`{path}` cannot be read: {error}",))
        try:
            table = json.loads(text)
        except (ValueError, RecursionError) as error:
            return cls((), (f"`{path}` is not JSON: {error}",))
        if not isinstance(table, list):
            return cls((), (f"`{path}` has to hold a list of entries",))
        entries, mistakes = [], []
        for number, entry in enumerate(table, 1):
            if mistake := _mistake(entry):
                mistakes.append(f"`{path}`, entry {number}: {mistake}")
            else:
                entries.append(_in_one_form(entry))
        return cls(tuple(entries), tuple(mistakes))

    def verdict(
        self, *, plugin: str, version: str, distribution: str = "", bundle: str = ""
    ) -> Blocked | None:
        """Say why this may not run; None if it may."""
        about = {
            "plugin": plugin,
            "distribution": _normal(distribution),
            "bundle": bundle,
        }
        for entry in self.entries:
            if any(entry.get(key, about[key]) != about[key] for key in about):
                continue
            below = entry.get("below", "")
            if not below or _is_below(version, below):
                return Blocked(reason=entry["reason"], below=below)
        return None


def _normal(distribution: str) -> str:
    # As PEP 503 has it; `packaging.utils` takes longer to import than Plugwright.
    return re.sub(r"[-_.]+", "-", distribution).lower()


def _in_one_form(entry: dict[str, str]) -> dict[str, str]:
    if "distribution" in entry:
        return {**entry, "distribution": _normal(entry["distribution"])}
    return entry


def _mistake(entry: Any) -> str:
    if not isinstance(entry, dict):
        return "it has to be an object"
    if not all(isinstance(value, str) for value in entry.values()):
        return "every value has to be text"
    if not {"plugin", "distribution", "bundle"} & entry.keys():
        return "it names no `plugin`, `distribution` or `bundle`"
    if not entry.get("reason"):
        return "it gives no `reason`"
    if "below" in entry and _version(entry["below"]) is None:
        return f"`{entry['below']:.40}` is no version"
    return ""


def _is_below(version: str, limit: str) -> bool:
    found, good = _version(version), _version(limit)
    # What cannot be told older from newer is not known to be good.
    return found is None or good is None or found < good


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None
