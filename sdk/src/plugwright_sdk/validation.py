"""What a validator is shown, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from plugwright_sdk.shapes import JSON


@dataclass(frozen=True)
class Subject:
    """What is looked at."""

    kind: str
    """`bundle`, `text`, ...; a validator leaves alone what it does not know."""
    name: str
    """Whose it is, for people."""
    data: Any


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    what: str
    severity: Literal["note", "warning", "error"] = "warning"
    """With an `error`, it must not go on like this."""
    where: str = ""
    remedy: str = ""


def findings_of(answer: Iterable[Finding], validator: str) -> list[JSON]:
    """Give what a validator said as JSON."""
    found: list[JSON] = []
    for each in answer:
        if not isinstance(each, Finding):
            raise TypeError(
                f"validator `{validator}` gave {type(each).__name__}, not a Finding"
            )
        found.append(asdict(each))
    return found


def subject_of(table: Mapping[str, Any]) -> Subject:
    """Read what the host shows."""
    return Subject(table["kind"], table["name"], table["data"])
