"""What the cases add up to, as a table, as JSON and as Markdown."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from compat.batches import Case

PROMISED = 0.95
CAUSES = Path(__file__).parent / "causes.toml"
UNEXPLAINED = "not explained yet"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How the cases about one module went."""

    name: str
    cases: Sequence[Case]
    passed: int
    failed: int
    skipped: int
    """By the tests themselves, which found that something is not there."""
    in_memory: int
    """Passed ones that read or wrote the files in memory."""

    @property
    def ratio(self) -> float:
        """Passed ones of those that ran."""
        return _part(self.passed, self.passed + self.failed)

    @property
    def ratio_without_files(self) -> float:
        """The same without every case that touched a file, even one in memory."""
        ran = [case for case in self.cases if case.status != "skipped"]
        bare = [case for case in ran if not case.files]
        return _part(sum(case.status == "passed" for case in bare), len(bare))

    @property
    def holds(self) -> bool:
        """Whether enough have passed, whichever way they are counted."""
        return min(self.ratio, self.ratio_without_files) >= PROMISED


def _part(some: int, of: int) -> float:
    return some / of if of else 1.0


def judge(name: str, cases: Sequence[Case]) -> Verdict:
    """Count."""
    statuses = Counter(case.status for case in cases)
    return Verdict(
        name=name,
        cases=cases,
        passed=statuses["passed"],
        failed=statuses["failed"],
        skipped=statuses["skipped"],
        in_memory=sum(case.status == "passed" and case.files for case in cases),
    )


_COLUMNS = ("module", "cases", "passed", "failed", "skipped", "in memory", "ratio")


def _rows(verdicts: Sequence[Verdict]) -> list[tuple[str, ...]]:
    return [
        (
            *(v.name, f"{len(v.cases)}", f"{v.passed}", f"{v.failed}"),
            *(f"{v.skipped}", f"{v.in_memory}", f"{v.ratio:.1%}"),
        )
        for v in verdicts
    ]


def _versions(guest: Sequence[int], tests: Sequence[int]) -> str:
    told = [".".join(map(str, version)) for version in (guest, tests)]
    return f"The guest is CPython {told[0]}, the tests are those of {told[1]}."


def as_table(
    verdicts: Sequence[Verdict], guest: Sequence[int], tests: Sequence[int]
) -> str:
    """Say it on a terminal."""
    total = verdicts[-1]
    lines = [
        "".join(f"{cell:<14}" if not n else f"{cell:>11}" for n, cell in enumerate(row))
        for row in (_COLUMNS, *_rows(verdicts))
    ]
    verdict = "holds" if total.holds else "DOES NOT HOLD"
    return "\n".join(
        [
            _versions(guest, tests),
            *lines,
            f"without every case that touched a file: {total.ratio_without_files:.1%}",
            f"at least {PROMISED:.0%}: {verdict}",
            # One that every reader of test results knows.
            f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped",
        ]
    )


def as_json(
    verdicts: Sequence[Verdict], guest: Sequence[int], tests: Sequence[int]
) -> str:
    """Say everything, case by case."""
    modules = {
        verdict.name: {
            "ratio": verdict.ratio,
            "ratio_without_files": verdict.ratio_without_files,
            "passed": verdict.passed,
            "failed": verdict.failed,
            "skipped": verdict.skipped,
            "cases": [asdict(case) for case in verdict.cases],
        }
        for verdict in verdicts[:-1]
    }
    total = verdicts[-1]
    told = {
        "guest": list(guest),
        "tests": list(tests),
        "ratio": total.ratio,
        "ratio_without_files": total.ratio_without_files,
        "modules": modules,
    }
    return json.dumps(told, indent=1) + "\n"


def as_markdown(
    verdicts: Sequence[Verdict], guest: Sequence[int], tests: Sequence[int]
) -> str:
    """Say what a reader wants to know, and name every case that failed."""
    total = verdicts[-1]
    rows = [_COLUMNS, tuple("---" for _ in _COLUMNS), *_rows(verdicts)]
    failed = [case for case in total.cases if case.status == "failed"]
    causes = _causes()
    by_cause: dict[str, list[Case]] = {}
    for case in failed:
        by_cause.setdefault(_cause(case, causes), []).append(case)
    lines = [
        "# The standard library's own tests, in the guest",
        "",
        "Written by `tox -e compat`. How it is counted: `tests/compat/README.md`.",
        "",
        _versions(guest, tests),
        f"**{total.ratio:.1%}** of the cases that ran have passed;",
        f"{total.ratio_without_files:.1%} without every case that touched a file.",
        "",
        *(f"| {' | '.join(row)} |" for row in rows),
        "",
        f"## The {len(failed)} that failed",
    ]
    order = [*causes, UNEXPLAINED]
    for cause in sorted(by_cause, key=order.index):
        lines += ["", f"### {cause}: {len(by_cause[cause])}"]
        lines += ["", causes[cause].about] if cause in causes else []
        lines += ["", *(f"- `{case.name}`: {_last(case)}" for case in by_cause[cause])]
    lines += ["", "## What the tests skipped by themselves", ""]
    for verdict in verdicts[:-1]:
        reasons = Counter(_last(c) for c in verdict.cases if c.status == "skipped")
        lines += [f"- {verdict.name}: {why}: {n}" for why, n in sorted(reasons.items())]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Cause:
    """Why some cases fail."""

    about: str
    cases: tuple[str, ...]


def _causes() -> dict[str, Cause]:
    told = tomllib.loads(CAUSES.read_text("utf-8"))["cause"]
    return {c["name"]: Cause(c["about"], tuple(c["cases"])) for c in told}


def _cause(case: Case, causes: dict[str, Cause]) -> str:
    """The first cause that names the case."""
    return next(
        (
            name
            for name, cause in causes.items()
            if any(fnmatchcase(case.name, pattern) for pattern in cause.cases)
        ),
        UNEXPLAINED,
    )


def _last(case: Case) -> str:
    """The line that says it, in a form that Markdown leaves alone."""
    lines = [line.strip() for line in case.why.splitlines()]
    said = [line for line in lines if re.match(r"[\w.]+(Error|Exception)\b", line)]
    text = (said or lines or ["no reason"])[-1]
    text = re.sub(r"0x[0-9a-f]+", "0x…", text)
    return re.sub(r"([*_<>`|\\])", r"\\\1", text[:160])
