"""Six stages of quality, side by side: what is wrong, where, how grave, how to mend it.

What is a stranger's text is never imported here. Tools read it in processes with
limits; the plugin runs in the sandbox alone, where it is measured and its examples are
tried.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from plugwright.quality import STAGES, Remark, unseen
from plugwright.validation import Severity, Subject
from plugwright_qa.stages import (
    documentation,
    lint,
    performance,
    practices,
    security,
    typed,
)
from plugwright_qa.stages.described import Described, described
from plugwright_qa.stages.desk import Desk, Unreadable, laid_out
from plugwright_qa.stages.remarks import found

if TYPE_CHECKING:
    from plugwright.host import Host

_READING: tuple[tuple[str, Callable[[Desk], list[Remark]]], ...] = (
    ("lint", lint.look),
    ("types", typed.look),
    ("security", security.look),
    ("practices", practices.look),
)
"""The stages that only read."""
_RUNNING = (("performance", performance.look), ("documentation", documentation.look))
"""Those that need the sandbox; they share what it told."""


async def looks(subject: Subject, host: Host | None) -> list[Remark]:
    """Go through all stages; what comes is sorted by stage, and the same every time."""
    try:
        with laid_out(subject) as desk:
            works = [
                asyncio.to_thread(_guarded, stage, look, desk)
                for stage, look in _READING
                if _is_wanted(stage, desk)
            ]
            if any(_is_wanted(stage, desk) for stage, _ in _RUNNING):
                works.append(asyncio.to_thread(_running, desk, host))
            said = await asyncio.gather(*works)
    except Unreadable as problem:
        return _unreadable(problem)
    remarks = [remark for group in said for remark in group]
    return sorted(remarks, key=lambda remark: STAGES.index(remark.stage))


def _running(desk: Desk, host: Host | None) -> list[Remark]:
    """The stages that need the sandbox, one after the other."""
    if host is None:
        remedy = "ask with `plugwright.quality.quality`"
        return [
            unseen("performance", "there is no host", remedy),
            *documentation.look(desk, None, Described(commands={})),
        ]
    told = described(host, desk)
    return [
        remark
        for stage, look in _RUNNING
        if _is_wanted(stage, desk)
        for remark in _guarded(stage, partial(look, host=host, told=told), desk)
    ]


def _is_wanted(stage: str, desk: Desk) -> bool:
    return stage in (desk.source.stages or STAGES)


def _guarded(
    stage: str, look: Callable[[Desk], list[Remark]], desk: Desk
) -> list[Remark]:
    try:
        return look(desk)
    except Exception as error:
        # Broad on purpose: one tool's surprise must not hide what the others found.
        return [unseen(stage, f"{type(error).__name__}: {error}"[:200], "report it")]


def _unreadable(problem: Unreadable) -> list[Remark]:
    first = found(STAGES[0], problem.why, Severity.ERROR, problem.where, problem.remedy)
    why = "what `lint` says has to be mended first"
    return [first, *(unseen(stage, why) for stage in STAGES[1:])]
