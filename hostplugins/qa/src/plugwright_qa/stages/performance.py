"""The stage `performance`: how fuel grows with what a command is given; plots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plugwright.host import Host
from plugwright.judging import Case
from plugwright.quality import Remark, unseen
from plugwright.quotas import Quota
from plugwright.sandboxes import JSON
from plugwright.validation import Severity
from plugwright_qa.growth import Growth, measured, ways
from plugwright_qa.growth.fits import NOT_SURE, QUADRATIC, WORSE
from plugwright_qa.growth.sizes import Way
from plugwright_qa.stages.described import Described, Door, arguments
from plugwright_qa.stages.desk import Desk
from plugwright_qa.stages.remarks import few, found, looked

STAGE = "performance"
FUEL = 1_000_000_000
"""For one call; enough for a curve to show."""
MOST = 6
"""Arguments, of all commands together, that are measured."""
_SAID = {
    QUADRATIC: "twice as much costs four times as much; look for a loop in a loop, a"
    " search in a list, or a copy in each step",
    WORSE: "it soon is too much for any quota; find another way, or limit the size in"
    " the command's type",
}


def look(desk: Desk, host: Host, told: Described) -> list[Remark]:
    """Measure every command."""
    if told.problem:
        return [unseen(STAGE, f"it cannot be loaded: {told.problem[:200]}")]
    return few((_kind(each), each) for each in _measured(desk, host, told))


def _kind(remark: Remark) -> str:
    """Every curve is told; of the rest, a few of each kind."""
    return remark.what if remark.plots else remark.what.partition("`")[0]


def _measured(desk: Desk, host: Host, told: Described) -> Iterator[Remark]:
    left = MOST
    for name, door in sorted(told.commands.items()):
        where = desk.lines.get(door.function, "")
        if not door.parameters:
            yield looked(STAGE, f"`{name}` takes nothing that could grow")
            continue
        example = arguments(desk, name, door)
        if example is None:
            why = f"no example or test shows what `{name}` takes"
            yield unseen(
                STAGE, why, "add an example, or a test with plain values", where
            )
            continue
        can_grow = ways(door.input, example)
        if not can_grow:
            yield looked(STAGE, f"`{name}` has no argument that could grow")
        elif len(can_grow) > left:
            left = 0
            why = f"`{name}`: only {MOST} arguments are measured at once"
            yield unseen(STAGE, why, "look at it by itself", where)
        else:
            left -= len(can_grow)
            yield from _grown(desk, host, name, door, example, where)


def _grown(
    desk: Desk,
    host: Host,
    name: str,
    door: Door,
    example: dict[str, JSON],
    where: str,
) -> Iterator[Remark]:
    source = desk.source
    case = Case(
        name=source.name,
        files=desk.modules,
        tests={},
        permissions=source.permissions,
        quota=Quota(fuel=FUEL, load_fuel=FUEL),
        engine=source.engine,
    )
    for growth in measured(host.sandbox, case, name, door.input, example):
        yield _said(name, growth, where)


def _said(name: str, growth: Growth, where: str) -> Remark:
    fit, title = growth.fit, f"`{name}`, {_in_words(growth.way)}"
    plots = {f"{name}-{growth.way.argument}": growth.svg}
    stopped = f"; {growth.stopped}" if growth.stopped else ""
    if fit.name == NOT_SURE and not fit.candidates:
        return Remark(
            stage=STAGE,
            what=f"not looked at: {title}: {fit.why}{stopped}"[:300],
            severity=Severity.NOTE,
            is_unseen=True,
            where=where,
            remedy="give an example that the command takes at any size",
            plots=plots,
        )
    what = f"{title}: fuel grows {_way(fit.name)} ({fit.why}){stopped}"
    severity = Severity.WARNING if fit.name in _SAID else Severity.NOTE
    remedy = _SAID.get(fit.name, "")
    return replace(found(STAGE, what, severity, where, remedy), plots=plots)


def _in_words(way: Way) -> str:
    return f"{way.kind} of `{way.argument}`"


def _way(name: str) -> str:
    return {
        "constant": "not at all: constant",
        "worse": "worse than quadratically",
    }.get(name, f"as {name}")
