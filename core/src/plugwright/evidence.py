"""What a decision rests on: everything that was true of a bundle when it was made.

If any of it is not so any more, the decision holds no longer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import NamedTuple

from plugwright.bundles import Bundle
from plugwright.expectations import API
from plugwright.ledger import canonical


class Evidence(NamedTuple):
    """What a person was shown, and what can be compared later."""

    bundle: str
    """The SHA-256 of all its files."""
    manifest: str
    """The SHA-256 of its `plugin.toml`."""
    permissions: str
    """All of them, as canonical JSON."""
    quota: str
    """Every field, what it leaves to defaults included, as canonical JSON."""
    report: str
    """The SHA-256 of the judge's report."""
    api: str
    """The host's promise to plugins at that time."""
    provenance: str
    """Request, models and whatever else its makers wrote, as canonical JSON."""
    parent: str = ""
    """The bundle that ran until then, which the person was shown the difference to."""

    @classmethod
    def of(cls, bundle: Bundle, report: str, parent: str = "") -> Evidence:
        """Take down what is so now."""
        about = bundle.manifest
        return cls(
            bundle=bundle.id,
            manifest=hashlib.sha256(bundle.files["plugin.toml"]).hexdigest(),
            permissions=canonical(sorted(map(str, about.permissions))),
            quota=canonical(asdict(about.quota)),
            report=report,
            api=API,
            provenance=canonical(dict(about.provenance)),
            parent=parent,
        )

    @classmethod
    def parse(cls, text: str) -> Evidence:
        """Read what `dumps` wrote. Raises ValueError for anything else."""
        try:
            return cls(**json.loads(text))
        except (TypeError, RecursionError) as error:
            raise ValueError(str(error)) from error

    def dumps(self) -> str:
        """Write it in its one form."""
        return canonical(self._asdict())

    def changed(self, now: Evidence) -> str:
        """Name what is not as it was, in words; empty if all is."""
        found = [
            words
            for name, words in _WORDS.items()
            if getattr(self, name) != getattr(now, name)
        ]
        *most, last = found or [""]
        return f"{', '.join(most)} and {last}" if most else last


_WORDS = {
    "bundle": "its files",
    "manifest": "its manifest",
    "permissions": "its permissions",
    "quota": "its quota",
    "report": "the report about its tests",
    "api": "what this Plugwright promises to plugins",
    "provenance": "where it comes from",
}
"""Not `parent`: what ran before is history, however it goes on."""
