"""How good a plugin in the making is: what everybody who validates says, as a vector.

A subject of the kind `source` is shown to all of them. Whoever answers with `Remark`
says which stage of quality found it; a plain `Finding` is of a stage that is called
like its plugin. There is no average: every stage stands for itself, and one of which
nobody said anything was not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from plugwright.asking import run
from plugwright.errors import PlugwrightError
from plugwright.judging import Case, Judge, Report, Verdict
from plugwright.sandboxes import GENERATED, JSON
from plugwright.validation import Finding, Severity, Subject

if TYPE_CHECKING:
    from plugwright.host import Host

KIND = "source"
STAGES = ("lint", "types", "security", "performance", "practices", "documentation")
"""Stages that every plugin in the making should have gone through."""
WITHOUT = "plugwright-qa is not installed, disabled or of another version"


class Grade(StrEnum):
    """How one stage went, worst first."""

    ERROR = "error"
    """It must not go on like this."""
    UNSEEN = "not looked at"
    """At least in part; nobody knows what would have been found."""
    WARNING = "warning"
    CLEAR = "clear"
    """Nothing but notes."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A plugin in the making, as its validators are shown it."""

    name: str
    files: Mapping[str, str]
    """Text by path: its modules, and README.md if there is one."""
    tests: Mapping[str, str] = field(default_factory=dict)
    permissions: tuple[str, ...] = ()
    examples: Mapping[str, Mapping[str, JSON]] = field(default_factory=dict)
    """Arguments, by command, that it is known to take."""
    engine: str = GENERATED
    stages: tuple[str, ...] = ()
    """Which of the stages are wanted; none named is all of them."""

    @classmethod
    def of(cls, case: Case, **more: Any) -> Source:
        """Take over what a judge is given; `more` are fields that a case lacks."""
        return cls(
            name=case.name,
            files=case.files,
            tests=case.tests,
            permissions=case.permissions,
            engine=case.engine,
            **more,
        )

    def subject(self) -> Subject:
        """Show it as JSON."""
        lists = {name: [*getattr(self, name)] for name in ("permissions", "stages")}
        data = asdict(self) | lists
        return Subject(kind=KIND, name=self.name, data=data)


@dataclass(frozen=True, kw_only=True)
class Remark(Finding):
    """What one stage says; a note that nothing is wrong is one, too."""

    stage: str
    is_unseen: bool = False
    """Whether it says that something was not looked at, and why."""
    plots: Mapping[str, str] = field(default_factory=dict)
    """SVG by name."""
    mended: Mapping[str, str] = field(default_factory=dict)
    """Files as they would be with this, and all that is as safe to mend, mended."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One stage: one entry of the vector."""

    stage: str
    plugin: str
    """Who looked; names with commas, if several did."""
    remarks: tuple[Remark, ...]

    @property
    def grade(self) -> Grade:
        """The worst that is said."""
        if any(each.severity is Severity.ERROR for each in self.remarks):
            return Grade.ERROR
        if any(each.is_unseen for each in self.remarks):
            return Grade.UNSEEN
        if any(each.severity is Severity.WARNING for each in self.remarks):
            return Grade.WARNING
        return Grade.CLEAR


@dataclass(frozen=True, kw_only=True)
class Quality:
    """All stages, side by side."""

    sides: tuple[Side, ...]

    def __getitem__(self, stage: str) -> Side:
        return next(side for side in self.sides if side.stage == stage)

    @property
    def grades(self) -> dict[str, Grade]:
        """The vector itself."""
        return {side.stage: side.grade for side in self.sides}

    @property
    def mended(self) -> dict[str, str]:
        """The files that a stage could mend by itself; they are still to be judged."""
        return {
            path: text
            for side in self.sides
            for remark in side.remarks
            for path, text in remark.mended.items()
        }

    @property
    def plots(self) -> dict[str, str]:
        """Every plot by its name."""
        return {
            name: svg
            for side in self.sides
            for remark in side.remarks
            for name, svg in remark.plots.items()
        }

    def missing(self) -> tuple[str, ...]:
        """Say what has to be mended before anybody is asked to approve it."""
        return self._said(lambda each: each.severity is Severity.ERROR)

    def unseen(self) -> tuple[str, ...]:
        """Say what nobody looked at."""
        return self._said(lambda each: each.is_unseen)

    def _said(self, wanted: Any) -> tuple[str, ...]:
        return tuple(
            in_words(each)
            for side in self.sides
            for each in side.remarks
            if wanted(each)
        )


def in_words(remark: Remark) -> str:
    """Say a remark in one line."""
    where = f" ({remark.where})" if remark.where else ""
    remedy = f": {remark.remedy}" if remark.remedy else ""
    return " ".join(f"{remark.stage}: {remark.what}{where}{remedy}".split())


def quality(host: Host, source: Source) -> Quality:
    """Show a plugin in the making to everybody who validates."""
    expected = source.stages or STAGES
    subject = source.subject()
    try:
        asked = host.hooks.validate.by_plugin(subject=subject, host=host)
        said = [_remark(plugin, finding) for plugin, finding in run(asked)]
    except PlugwrightError as error:
        # Closed: what could not be looked at by everybody was not looked at.
        said = []
        why, remedy = error.message, error.remedy
    else:
        why, remedy = WITHOUT, "pip install 'plugwright-qa[quality]'"
    found: dict[str, list[tuple[str, Remark]]] = {}
    for plugin, remark in said:
        found.setdefault(remark.stage, []).append((plugin, remark))
    sides = [
        Side(
            stage=stage,
            plugin=", ".join(dict.fromkeys(plugin for plugin, _ in told)),
            remarks=tuple(remark for _, remark in told),
        )
        for stage, told in found.items()
    ]
    seen = {side.stage for side in sides}
    sides += [
        Side(stage=stage, plugin="", remarks=(unseen(stage, why, remedy),))
        for stage in expected
        if stage not in seen
    ]
    order = {stage: n for n, stage in enumerate(expected)}
    sides.sort(key=lambda side: (order.get(side.stage, len(order)), side.stage))
    return Quality(sides=tuple(sides))


def unseen(stage: str, why: str, remedy: str = "", where: str = "") -> Remark:
    """Say that something was not looked at."""
    return Remark(
        stage=stage,
        what=f"not looked at: {why}",
        is_unseen=True,
        remedy=remedy,
        where=where,
    )


def rejudged(
    judge: Judge, case: Case, report: Report, mended: Mapping[str, str]
) -> tuple[Case, Report]:
    """Take over mended files, unless a test that passed without them fails with them.

    `report` is of the case as it was; what is given back is to go on with.
    """
    files = {path: mended.get(path, text) for path, text in case.files.items()}
    if files == dict(case.files):
        return case, report
    changed = replace(case, files=files)
    found = judge.judge(changed)
    return (case, report) if is_worse(report, found) else (changed, found)


def is_worse(before: Report, after: Report) -> bool:
    """Tell whether a test is lost, or something reached for that was not before."""
    lost = _accepted(before.results) - _accepted(after.results)
    return bool(lost or set(after.denied) - set(before.denied))


def _accepted(results: Iterable[Any]) -> set[str]:
    return {each.test for each in results if each.verdict is Verdict.AC}


def _remark(plugin: str, finding: Finding) -> tuple[str, Remark]:
    """Read what may be anything with a `what` and a `severity`; doubt is an error."""
    said = str(finding.severity)
    severity = Severity(said) if said in [*Severity] else Severity.ERROR
    if isinstance(finding, Remark):
        return plugin, replace(finding, severity=severity)
    return plugin, Remark(
        stage=str(getattr(finding, "stage", "")) or plugin,
        what=str(finding.what),
        severity=severity,
        where=str(getattr(finding, "where", "")),
        remedy=str(getattr(finding, "remedy", "")),
    )
