"""The stage `lint`: ruff, with its safe fixes as mended files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from plugwright.quality import Remark, unseen
from plugwright.validation import Severity
from plugwright_qa.stages import processes
from plugwright_qa.stages.desk import Desk
from plugwright_qa.stages.remarks import few, found, looked, not_installed

STAGE = "lint"
RULES = "E4,E7,E9,F,I,B,C4,SIM,PERF,PLE,W6"
"""What is likely a mistake or clumsy; nothing about mere looks but the imports' order,
which is mended anyway."""
_NEWEST = "py314"
"""The guest's Python, or newer than it: what that can read is no mistake."""
_BROKEN = ("E9", "F7", "F82", "PLE", "invalid-syntax")
_CLUMSY = ("E4", "E7", "I", "C4", "SIM", "PERF")


def look(desk: Desk) -> list[Remark]:
    """Lint every module."""
    if not processes.is_installed("ruff"):
        return [not_installed(STAGE, "ruff")]
    folder = desk.scratch(STAGE)
    ended = _run(folder, desk.folder / "source", "--output-format", "json")
    if ended.problem or ended.status:
        return [unseen(STAGE, ended.problem or f"ruff: {ended.errors[-200:]}")]
    remarks = few(_read(json.loads(ended.output)))
    mended = _mended(desk, folder) if remarks else {}
    said = f"{len(desk.modules)} modules, by ruff"
    if mended:
        said += f"; {len(mended)} can be mended by themselves"
    return [replace(looked(STAGE, said), mended=mended), *remarks]


def _run(folder: Path, target: Path, *options: str) -> processes.Ended:
    return processes.run(
        folder,
        "-m",
        "ruff",
        "check",
        "--isolated",  # no settings of the bundle's or anybody's
        "--no-cache",
        "--exit-zero",
        "--ignore-noqa",
        "--quiet",
        "--target-version",
        _NEWEST,
        "--select",
        RULES,
        *options,
        str(target),
    )


def _read(said: list[dict[str, Any]]) -> Iterator[tuple[str, Remark]]:
    for each in said:
        code = each["code"] or "invalid-syntax"
        fix = each["fix"] or {}
        is_safe = fix.get("applicability") == "safe"
        remedy = fix.get("message") or f"`ruff rule {code}` explains it"
        if code == "invalid-syntax":
            remedy = "write it so that Python can read it"
        where = f"{Path(each['filename']).name}:{each['location']['row']}"
        yield (
            code,
            found(
                STAGE,
                f"{code}: {each['message']}",
                _severity(code),
                where,
                f"{remedy} (done in the mended files)" if is_safe else remedy,
            ),
        )


def _severity(code: str) -> Severity:
    if code.startswith(_BROKEN):
        return Severity.ERROR
    return Severity.NOTE if code.startswith(_CLUMSY) else Severity.WARNING


def _mended(desk: Desk, folder: Path) -> dict[str, str]:
    target = folder / "mended"
    target.mkdir()
    for path, text in desk.modules.items():
        (target / path).write_bytes(text.encode())
    ended = _run(folder, target, "--fix", "--no-unsafe-fixes")
    if ended.problem or ended.status:
        return {}
    after = {path: (target / path).read_bytes().decode() for path in desk.modules}
    return {path: text for path, text in after.items() if text != desk.modules[path]}
