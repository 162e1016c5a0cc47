"""A judge that remembers: what it saw once of some code, it does not run again.

Judging is deterministic: each test meets a fresh plugin, a clock that stands still and
the same randomness, and fuel ends what does not end. So what one test function says of
some code can be kept on disk under the digest of both, and only functions that are not
known are run. The same holds for what a plugin does with an input, and for how it
describes itself. The sources of the judge, the sandbox and the guest are part of every
digest: whoever changes one begins anew.
"""

from __future__ import annotations

import ast
import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from plugwright.errors import Denied, PluginError, Stopped
from plugwright.host import Host
from plugwright.judging import (
    Call,
    Case,
    Mutants,
    Observed,
    Report,
    TestResult,
    Verdict,
    Watcher,
)
from plugwright.quotas import Quota

_REPORT = TypeAdapter(Report)
_JUDGED = ("judge.py", "subject.py", "observing.py", "guest/plugwright_qa_runner.py")


class Kept:
    """A file of answers by digest, which several processes may share."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(file, timeout=60, isolation_level=None)
        self._database.execute("pragma journal_mode=wal")
        # Losing the last few in a power cut costs a second of judging.
        self._database.execute("pragma synchronous=off")
        self._database.execute(
            "create table if not exists kept (key text primary key, value text)"
        )
        self.asked, self.known = 0, 0

    def get(self, facts: object, compute: Callable[[], Any]) -> Any:
        """Give what is kept under the digest of some facts, or compute it now."""
        key = digest(facts)
        found = self.look_up(key)
        return self.keep(key, compute()) if found is None else found

    def look_up(self, key: str) -> Any:
        """Give what is kept; None if nothing is."""
        found = self._database.execute("select value from kept where key = ?", [key])
        row = found.fetchone()
        self.asked, self.known = self.asked + 1, self.known + (row is not None)
        return None if row is None else json.loads(row[0])

    def keep(self, key: str, value: Any) -> Any:
        """Keep something, and give it back as it will be found."""
        text = json.dumps(value)
        self._database.execute("insert or replace into kept values (?, ?)", [key, text])
        return json.loads(text)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


class KeptJudge:
    """The host's judge, and what it found before."""

    def __init__(self, host: Host, kept: Kept) -> None:
        self._judge: Any = host.judge()
        self._kept = kept
        self.name = self._judge.name

    def judge(self, case: Case, watch: Watcher | None = None) -> Report:
        """Run every test, or remember how it went."""

        report = self._whole(case) if case.coverage else self._by_function(case)
        for result in report.results if watch else ():
            watch(result)
        return report

    def _whole(self, case: Case) -> Report:
        def compute() -> Any:
            return _REPORT.dump_python(self._judge.judge(case), mode="json")

        facts = ["judge", _facts(case), dict(case.tests), case.coverage]
        return _REPORT.validate_python(self._kept.get(facts, compute))

    def _by_function(self, case: Case) -> Report:
        """Run the functions that are not known, and put all of them together."""
        units = [unit for item in case.tests.items() for unit in _units(*item)]
        keys = [digest(["test", _facts(case), *unit]) for unit in units]
        parts = dict(zip(units, map(self._kept.look_up, keys), strict=True))
        unknown = [unit for unit in units if parts[unit] is None]
        if unknown:
            found = self._judge.judge(replace(case, tests=_only(unknown, case.tests)))
            if found.denied or any(not _has_function(r) for r in found.results):
                return self._whole(case)  # it says more than what single tests say
            for unit, key in zip(units, keys, strict=True):
                if unit in unknown:
                    own = tuple(r for r in found.results if _of(r) == unit[:2])
                    part = _REPORT.dump_python(replace(found, results=own), mode="json")
                    parts[unit] = self._kept.keep(key, part)
        reports = [_REPORT.validate_python(parts[unit]) for unit in units]
        return Report(
            results=tuple(result for each in reports for result in each.results),
            used=tuple(sorted({name for each in reports for name in each.used})),
        )

    def judge_many(self, cases: Sequence[Case]) -> list[Report]:
        """Judge one after the other: the contest has a process for each processor."""
        return [self.judge(case) for case in cases]

    def mutate(self, case: Case, most: int, baseline: Report | None = None) -> Mutants:
        """Measure as the judge does, by what is known of each mutant.

        Only tests that the plugin passes can notice one, so no other is run.
        """
        known = baseline or self.judge(case)
        failed = {_of(r) for r in known.results if r.verdict is not Verdict.AC}
        units = [unit for item in case.tests.items() for unit in _units(*item)]
        passed = [unit for unit in units if unit[:2] not in failed]
        only = replace(case, tests=_only(passed, case.tests))
        # All that the judge needs of itself for this is to judge many.
        found: Mutants = type(self._judge).mutate(self, only, most, known)
        return found

    def calls(self, case: Case) -> dict[str, tuple[Call, ...]]:
        """Say what the tests ask, or remember it."""

        def compute() -> Any:
            found = self._judge.calls(case)
            return {t: [asdict(call) for call in calls] for t, calls in found.items()}

        facts = ["calls", _facts(case), dict(case.tests)]
        known = self._kept.get(facts, compute)
        return {t: tuple(Call(**call) for call in calls) for t, calls in known.items()}

    def observe(
        self, case: Case, stories: Sequence[Sequence[Call]]
    ) -> list[tuple[Observed, ...]]:
        """Play each story, or remember what it gave."""
        return [self._observed(case, story) for story in stories]

    def _observed(self, case: Case, story: Sequence[Call]) -> tuple[Observed, ...]:
        def compute() -> Any:
            (seen,) = self._judge.observe(case, [story])
            return [asdict(each) for each in seen]

        facts = ["observe", _facts(case), [asdict(call) for call in story]]
        return tuple(
            Observed(**{**each, "emitted": tuple(each["emitted"])})
            for each in self._kept.get(facts, compute)
        )


def kept_describe(
    host: Host, kept: Kept
) -> Callable[[str, Mapping[str, str]], Mapping[str, Any]]:
    """Let the host describe a plugin, or remember what it said; refusals, too."""

    def describe(name: str, files: Mapping[str, str]) -> Mapping[str, Any]:
        def compute() -> Any:
            try:
                return {"described": host.describe(name, files)}
            except (PluginError, Denied, Stopped):
                return {}

        found = kept.get(["describe", name, dict(files)], compute)
        # It fails again as it failed then, with all that belongs to the error.
        return found["described"] if found else host.describe(name, files)

    return describe


def digest(facts: object) -> str:
    """Name what is known about something, and about the engines."""
    return sha256(json.dumps([_engines(), facts], sort_keys=True).encode()).hexdigest()


_Unit = tuple[str, str, str, str]
"""A test function: its file, its name, its source, and what surrounds it there."""


def _units(file: str, source: str) -> list[_Unit]:
    lines, places = source.split("\n"), _places(source)
    around = _without(lines, places.values())
    kept = "\n".join(line for line in around if line.strip())
    return [
        (file, name, "\n".join(lines[first:last]), kept)
        for name, (first, last) in places.items()
    ]


def _only(units: Collection[_Unit], tests: Mapping[str, str]) -> dict[str, str]:
    """Leave blank what is not asked for: each line keeps its number."""
    wanted = {unit[:2] for unit in units}
    files = {}
    for file in sorted({unit[0] for unit in units}):
        places = _places(tests[file])
        blank = [place for name, place in places.items() if (file, name) not in wanted]
        files[file] = "\n".join(_without(tests[file].split("\n"), blank))
    return files


def _places(source: str) -> dict[str, tuple[int, int]]:
    """Give from which line to which each test function goes."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            first = min([node.lineno, *(mark.lineno for mark in node.decorator_list)])
            found[node.name] = (first - 1, node.end_lineno or first)
    return found


def _without(lines: list[str], places: Iterable[tuple[int, int]]) -> list[str]:
    kept = [*lines]
    for first, last in places:
        kept[first:last] = [""] * (last - first)
    return kept


def _of(result: TestResult) -> tuple[str, str]:
    file, _, name = result.test.partition("[")[0].partition("::")
    return file, name


def _has_function(result: TestResult) -> bool:
    return "::" in result.test and result.verdict is not Verdict.IE


def _facts(case: Case) -> object:
    quota = {} if case.quota == Quota() else asdict(case.quota)
    return [case.name, dict(case.files), case.permissions, quota, case.engine]


@cache
def _engines() -> str:
    """Digest the sources of whatever a verdict could depend on."""
    found = [_folder("plugwright_qa") / name for name in _JUDGED]
    for package in ("plugwright_sandbox", "plugwright_sdk", "plugwright.capabilities"):
        found += sorted(_folder(package).rglob("*.py"))
    digest = sha256()
    for file in found:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
