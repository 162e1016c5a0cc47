"""What a stage says: sorted, not endlessly, and first what was looked at at all."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from plugwright.quality import Remark, unseen
from plugwright.validation import Severity

MOST = 3
"""Of one kind in one file; then it is only said how many more there are."""
ALL = 60
"""Of one stage."""
LONGEST = 300
"""Characters: what a tool says may quote a stranger's text."""
EXTRA = "pip install 'plugwright-qa[quality]'"


def found(
    stage: str,
    what: str,
    severity: Severity,
    where: str = "",
    remedy: str = "",
) -> Remark:
    """Make a remark out of what may be long and have many lines."""
    return Remark(
        stage=stage,
        what=_short(what),
        severity=severity,
        where=where,
        remedy=_short(remedy),
    )


def looked(stage: str, what: str) -> Remark:
    """Say what was looked at, so that nothing found is not nothing done."""
    return found(stage, f"looked at: {what}", Severity.NOTE)


def not_installed(stage: str, tool: str, remedy: str = EXTRA) -> Remark:
    """Say that a tool is lacking."""
    return unseen(stage, f"`{tool}` is not installed", remedy)


def few(remarks: Iterable[tuple[str, Remark]]) -> list[Remark]:
    """Keep some of each kind; worst first. Each comes with the name of its kind."""
    order = [*Severity][::-1]
    listed = sorted(
        remarks, key=lambda it: (order.index(it[1].severity), it[0], _place(it[1]))
    )
    kept: list[Remark] = []
    for (kind, path), group in groupby(listed, lambda it: (it[0], _place(it[1])[0])):
        every = [remark for _, remark in group]
        kept += every[:MOST]
        if (more := len(every) - MOST) > 0:
            last = every[MOST]
            said = f"{kind}: {more} more of them"
            kept.append(found(last.stage, said, last.severity, path))
    if len(kept) > ALL:
        last = kept[ALL]
        rest = found(
            last.stage, f"{len(kept) - ALL} more kinds of findings", last.severity
        )
        kept = [*kept[:ALL], rest]
    return kept


def _place(remark: Remark) -> tuple[str, int]:
    path, _, line = remark.where.partition(":")
    return path, int(line) if line.isdecimal() else 0


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
