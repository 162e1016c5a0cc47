"""The shape of validation: something is looked at, and what is wrong is said."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from plugwright.sandboxes import JSON

if TYPE_CHECKING:
    from plugwright.bundles import Bundle


class Severity(StrEnum):
    """How bad a finding is."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"
    """It must not go on like this."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is looked at. Only JSON, so that sandboxed plugins can look, too."""

    kind: str
    """`bundle`: `data` has the `manifest`, as plugin.toml has it with everything that
    it leaves to defaults; the `files`, text by path; and the paths of `others`, which
    are no text. `text`: `data` is a text that somebody is about to use. `source`: a
    plugin in the making; `data` has the `files`, `tests`, `permissions`, `examples`
    and `engine` of `plugwright.quality.Source`. Kinds that a validator does not know,
    it leaves alone."""
    name: str
    """Whose it is, for people."""
    data: JSON


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong."""

    what: str
    severity: Severity = Severity.WARNING
    where: str = ""
    """File and line, when there are any: `plugin.py:12`."""
    remedy: str = ""


def is_refused(findings: Iterable[Finding]) -> bool:
    """Whether something must not go on like this.

    A severity may be anything that a plugin wrote there; doubt is an error.
    """
    harmless = (Severity.NOTE, Severity.WARNING)
    return any(finding.severity not in harmless for finding in findings)


def subject_of(bundle: Bundle) -> Subject:
    """Show a bundle to validators; nothing of it is run for that."""
    texts: dict[str, JSON] = {}
    others: list[JSON] = []
    for path, content in sorted(bundle.files.items()):
        try:
            texts[path] = content.decode()
        except UnicodeDecodeError:
            others.append(path)
    # Written and read again, so that it is JSON, and says what it leaves to defaults.
    manifest = tomllib.loads(bundle.manifest.dumps())
    return Subject(
        kind="bundle",
        name=bundle.manifest.name,
        data={"manifest": manifest, "files": texts, "others": others},
    )
