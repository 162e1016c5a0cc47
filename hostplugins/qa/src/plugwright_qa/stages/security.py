"""The stage `security`: permissions asked and used, input that does harm, bandit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from plugwright.errors import UsageError
from plugwright.permissions import Permission
from plugwright.quality import Remark, unseen
from plugwright.validation import Severity
from plugwright_qa.checks.grants import grants_are_used, uses_are_granted
from plugwright_qa.checks.reading import Bundle
from plugwright_qa.stages import processes
from plugwright_qa.stages.desk import Desk
from plugwright_qa.stages.flows import TooLarge
from plugwright_qa.stages.remarks import few, found, looked, not_installed
from plugwright_qa.stages.sinks import CODE
from plugwright_qa.stages.taint import taints

STAGE = "security"
_SEVERITIES = {
    "HIGH": Severity.ERROR,
    "MEDIUM": Severity.WARNING,
    "LOW": Severity.NOTE,
}
_CODE_OF_TEXT = ("B102", "B307")
"""`exec` and `eval`: nothing that a plugin is for needs them."""


def look(desk: Desk) -> list[Remark]:
    """Look in three ways."""
    if desk.unread:
        path, (why, line) = next(iter(desk.unread.items()))
        return [unseen(STAGE, f"it cannot be read: {why}", where=f"{path}:{line}")]
    said: list[Remark] = []
    remarks = [*_grants(desk, said), *_taints(desk, said), *_bandit(desk, said)]
    return [*said, *few(remarks)]


def _grants(desk: Desk, said: list[Remark]) -> Iterator[tuple[str, Remark]]:
    try:
        asked = tuple(map(Permission.parse, desk.source.permissions))
    except UsageError as error:
        yield "permissions", found(STAGE, error.message, Severity.ERROR)
        return
    said.append(looked(STAGE, f"{len(asked)} permissions asked, and those used"))
    bundle = Bundle(
        summary="", commands={}, permissions=asked, files=dict(desk.modules)
    )
    for check in (grants_are_used, uses_are_granted):
        for each in check(bundle):
            yield (
                "permissions",
                found(STAGE, each.what, each.severity, each.where, each.remedy),
            )


def _taints(desk: Desk, said: list[Remark]) -> Iterator[tuple[str, Remark]]:
    try:
        every = list(taints(desk.trees))
    except TooLarge:
        said.append(unseen(STAGE, "the ways of input are too many", "make it smaller"))
        return
    said.append(looked(STAGE, "the ways of input to http, files, sql and code"))
    for each in every:
        sink, where, call = each.reached
        origins = ", ".join(each.origins)
        what = f"{origins} {sink.what}: `{call}`"
        yield (
            f"input to {sink.name}",
            found(STAGE, what, sink.severity, where, sink.remedy),
        )


def _bandit(desk: Desk, said: list[Remark]) -> Iterator[tuple[str, Remark]]:
    if not processes.is_installed("bandit"):
        said.append(not_installed(STAGE, "bandit"))
        return
    ended = processes.run(
        desk.scratch("bandit"),
        "-m",
        "bandit",
        "--quiet",
        "--format",
        "json",
        "--exit-zero",
        "--ignore-nosec",
        *(str(desk.folder / "bare" / path) for path in sorted(desk.modules)),
    )
    if ended.problem or ended.status:
        said.append(unseen(STAGE, ended.problem or f"bandit: {ended.errors[-200:]}"))
        return
    told: dict[str, Any] = json.loads(ended.output)
    for each in told["errors"]:
        said.append(unseen(STAGE, f"bandit: {each['reason']}"[:200]))
    said.append(looked(STAGE, f"{len(desk.modules)} modules, by bandit"))
    for each in told["results"]:
        where = f"{Path(each['filename']).name}:{each['line_number']}"
        severity = _SEVERITIES.get(each["issue_severity"], Severity.WARNING)
        if each["test_id"] in _CODE_OF_TEXT:
            severity = Severity.ERROR
        elif severity is Severity.ERROR and each["issue_confidence"] == "LOW":
            severity = Severity.WARNING
        yield (
            each["test_id"],
            found(
                STAGE,
                f"{each['test_id']}: {each['issue_text']}",
                severity,
                where,
                _remedy(each),
            ),
        )


def _remedy(each: dict[str, Any]) -> str:
    if each["test_id"] in _CODE_OF_TEXT:
        return CODE.remedy
    return f"bandit explains {each['test_id']} ({each['test_name']}); do without it"
