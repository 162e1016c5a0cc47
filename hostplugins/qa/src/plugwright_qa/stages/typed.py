"""The stage `types`: mypy on the plugin, against the guest API as it is typed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from plugwright.quality import Remark, unseen
from plugwright.validation import Severity
from plugwright_qa.stages import processes
from plugwright_qa.stages.desk import Desk
from plugwright_qa.stages.remarks import few, found, looked, not_installed

STAGE = "types"
SDK = "plugwright_sdk"
_SURE = frozenset({"import-not-found", "name-defined", "call-arg", "attr-defined"})
"""What fails whenever that line runs."""
_REMEDIES = {
    "import-not-found": "the guest has the standard library and plugwright_sdk alone",
    "name-defined": "define or import it",
    "attr-defined": "look up what this has in the documentation of plugwright_sdk",
    "call-arg": "give what the function takes",
    "union-attr": "handle the case that it is None, or of the other type",
    "return": "return something of the promised type on every way",
    "return-value": "return what is promised, or promise what is returned",
    "var-annotated": "say in an annotation what it holds",
}


def look(desk: Desk) -> list[Remark]:
    """Check the types of every module."""
    if not processes.is_installed("mypy"):
        return [not_installed(STAGE, "mypy")]
    api = find_spec(SDK)
    if api is None or api.origin is None:
        return [not_installed(STAGE, SDK, "pip install plugwright-sdk")]
    if desk.unread:
        path, (why, line) = next(iter(desk.unread.items()))
        return [unseen(STAGE, f"it cannot be read: {why}", where=f"{path}:{line}")]
    folder = desk.scratch(STAGE)
    # A copy of the API alone: beside it lies whatever else the host has installed.
    stubs = folder / "stubs" / SDK
    stubs.mkdir(parents=True)
    for part in sorted(Path(api.origin).parent.glob("*.py")):
        shutil.copyfile(part, stubs / part.name)
    ended = _run(folder, desk)
    if ended.problem or ended.status not in (0, 1):
        # A module that is called like one of Python's own, among other reasons.
        said = (ended.output or ended.errors).strip()
        first = said.splitlines()[0] if said else "it ended without a word"
        why = ended.problem or first.replace(str(desk.folder), "")
        return [unseen(STAGE, f"mypy: {why[:200]}", "make it simpler")]
    said = f"{len(desk.modules)} modules, by mypy"
    return [looked(STAGE, said), *few(_read(desk, ended.output))]


def _run(folder: Path, desk: Desk) -> processes.Ended:
    return processes.run(
        folder,
        "-m",
        "mypy",
        "--config-file=",  # no settings of the bundle's or anybody's
        "--no-site-packages",
        "--no-incremental",
        f"--cache-dir={os.devnull}",
        "--explicit-package-bases",
        "--check-untyped-defs",
        "--no-error-summary",
        "--output=json",
        *sorted(desk.modules),
        # Without comments, so that none can hide anything.
        cwd=desk.folder / "bare",
        environment={"MYPYPATH": str(folder / "stubs")},
    )


def _read(desk: Desk, output: str) -> Iterator[tuple[str, Remark]]:
    for line in output.splitlines():
        if not line.startswith("{"):
            continue
        each: dict[str, Any] = json.loads(line)
        name, code = Path(each["file"]).name, each["code"] or "error"
        if name not in desk.modules or each["severity"] != "error":
            continue
        hint = (each["hint"] or "").splitlines()
        remedy = _REMEDIES.get(code) or (hint[0] if hint else "")
        yield (
            code,
            found(
                STAGE,
                f"{code}: {each['message']}",
                Severity.ERROR if code in _SURE else Severity.WARNING,
                f"{name}:{max(each['line'], 1)}",
                remedy or f"mend the types; mypy explains `{code}`",
            ),
        )
