"""The plugin's tests pass, and its families' contracts are among them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from plugwright.bundles import Bundle
from plugwright.judging import Case, TestResult, Verdict
from plugwright.permissions import Permission
from plugwright_sdk.kit.checks.bench import Bench, Trouble
from plugwright_sdk.kit.processes import never, run
from plugwright_sdk.kit.projects import Project, path_for

SECONDS = 600.0
"""How long the tests of a host plugin may take in all."""

MOST_SHOWN = 10

CONTRACTS = {
    "abilities": "AbilityContract",
    "commands": "CommandsContract",
    "heard": "ListenerContract",
    "memories": "MemoryContract",
    "providers": "ProviderContract",
    "schedulers": "SchedulerContract",
    "tools": "ToolsContract",
    "validate": "ValidatorContract",
}
"""The contract of each hook that has one."""


def check_tests(bench: Bench) -> list[Trouble]:
    """Run them: those of a host plugin here, those of a bundle in the sandbox."""
    if not any(bench.project.tests.glob("test_*.py")):
        return [
            Trouble(
                what="there are no tests",
                where="tests/",
                remedy="write `tests/test_it.py`; nothing is approved without",
            )
        ]
    if bench.project.kind == "sandboxed":
        return _judged(bench)
    return _run(bench)


def _run(bench: Bench) -> list[Trouble]:
    declared = bench.declared  # what cannot be imported cannot be tested either
    bench.say("running its tests")
    found = witnessed(bench.project, bench.is_stale)
    if "said" in found:
        return [
            Trouble(
                what=f"pytest gave up: {found['said']}",
                where="tests/",
                remedy="run `python -m pytest` and read what it says",
            )
        ]
    failed = [
        Trouble(what=said, where=test, remedy="python -m pytest")
        for test, said in found["failed"].items()
    ]
    if not found["passed"] and not failed:
        failed = [Trouble(what="no test was run", where="tests/", remedy="write one")]
    hooks = declared.portrait.hooks if declared.portrait is not None else ()
    return [*_shortened(failed), *_contracts(hooks, found)]


def _shortened(failed: Sequence[Trouble]) -> list[Trouble]:
    """Tell once what goes wrong in many tests, and not of too many."""
    alike: dict[str, list[Trouble]] = {}
    for trouble in failed:
        alike.setdefault(trouble.what, []).append(trouble)
    told = [_told_once(troubles) for troubles in alike.values()]
    hidden = len(told) - MOST_SHOWN
    more = [Trouble(what=f"and {hidden} other reasons")] if hidden > 0 else []
    return [*told[:MOST_SHOWN], *more]


def _told_once(troubles: Sequence[Trouble]) -> Trouble:
    others = len(troubles) - 1
    where = f"{troubles[0].where} (and {others} more)" if others else troubles[0].where
    return replace(troubles[0], where=where)


def _contracts(hooks: Iterable[str], found: dict[str, Any]) -> list[Trouble]:
    return [
        Trouble(
            what=f"it answers `{hook}`, but no test holds it to `{CONTRACTS[hook]}`",
            where="tests/",
            remedy=f"subclass plugwright_sdk.kit.contracts.{CONTRACTS[hook]}",
        )
        for hook in hooks
        if hook in CONTRACTS and hook not in found["kept"]
    ]


def witnessed(project: Project, is_stale: Callable[[], bool] = never) -> dict[str, Any]:
    """Run a host plugin's tests in a process of their own, and say how they went."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "witness.json"
        command = [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-p", "plugwright_sdk.kit.witness", "tests"),
        ]
        environment = {
            **os.environ,
            "PYTHONPATH": path_for(project),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PLUGWRIGHT_WITNESS": str(answer),
        }
        try:
            done = run(
                command,
                folder=project.folder,
                environment=environment,
                seconds=SECONDS,
                is_stale=is_stale,
            )
        except subprocess.TimeoutExpired:
            return {"said": f"its tests took more than {SECONDS:g} s"}
        if not answer.exists():
            said = done.stdout + done.stderr
            lines = [line for line in said.splitlines() if line.strip()]
            return {"said": lines[-1] if lines else f"code {done.returncode}"}
        found: dict[str, Any] = json.loads(answer.read_text("utf-8"))
        return found


def _judged(bench: Bench) -> list[Trouble]:
    bundle = Bundle.read(bench.project.folder)
    manifest = bundle.manifest
    case = Case(
        name=manifest.name,
        files=bundle.sources,
        tests=bundle.tests,
        permissions=tuple(str(each) for each in manifest.permissions),
        quota=manifest.quota,
        engine=manifest.engine,
    )
    bench.say("judging it in the sandbox")
    bench.report = bench.host.judge().judge(case)
    failed = [
        Trouble(what=_in_words(result), where=result.test, remedy="python -m pytest")
        for result in bench.report.results
        if result.verdict is not Verdict.AC
    ]
    if not bench.report.results:
        failed = [Trouble(what="no test was run", where="tests/", remedy="write one")]
    return _shortened(failed)


def _in_words(result: TestResult) -> str:
    return f"{result.verdict}: {result.message.strip().partition(chr(10))[0][:300]}"


def check_permissions(bench: Bench) -> list[Trouble]:
    """Compare what the plugin reached for with what it asks for."""
    if bench.project.kind == "host":
        return []  # nothing is asked for: it is as trusted as any dependency
    if bench.report is None:
        check_tests(bench)
    asked = Bundle.read(bench.project.folder).manifest.permissions
    report = bench.report
    assert report is not None
    used = [Permission.parse(each) for each in report.used]
    if not report.passed and not report.denied:
        return [Trouble(what="what it uses is known when its tests pass")]
    unused = [each for each in asked if each not in used] if report.passed else []
    return [
        *(
            Trouble(
                what=f"it reached for `{each}`, which it does not ask for",
                where="plugin.toml",
                remedy="ask for it, with a reason, or do without",
            )
            for each in report.denied
        ),
        *(
            Trouble(
                what=f"it asks for `{each}`, but none of its tests uses that",
                where="plugin.toml",
                remedy="leave it out, or write a test that needs it",
            )
            for each in unused
        ),
    ]
