"""The board: every version of every candidate, what tests and people say, and trust.

It is written anew from the steps of the session each time something is added, so it
follows from them alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

from plugwright.judging import Report, TestResult, Verdict
from plugwright_forge.acceptance import Acceptance, function_of, requirement_of
from plugwright_forge.choice import (
    Cell,
    Choice,
    Confidence,
    Entry,
    Evidence,
    Kind,
    Ledger,
    Matrix,
    Opinion,
    Program,
    Row,
    Shown,
    Source,
    confidence,
    select,
)
from plugwright_forge.choice.matrix import ran
from plugwright_forge.probing import Probe
from plugwright_forge.testing import is_derived

TESTER = "test-engineer"
FITS, KEEPS = "its interface is as specified", "it asks for what was granted alone"
FACTS = (FITS, KEEPS)


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of one candidate, and what was seen of it."""

    candidate: int
    iteration: int
    """0 for the first version; each repair, mend or rewrite of it is one more."""
    code: str
    outputs: tuple[str | None, ...] = ()
    """What it gave for each probe, as `output_of` writes it."""
    report: Report | None = None
    """None before there are tests."""
    problems: tuple[str, ...] = ()
    """Where its interface is not the specification's."""
    findings: int = 0
    mutation: float | None = None
    """The share of its mutants that its tests notice, if that was measured."""
    kills: frozenset[str] = frozenset()
    """The tests that notice any."""
    origin: str = ""
    """Who made it, in words: a model, the synthesiser, a fix."""

    @property
    def id(self) -> str:
        """`2.1`: the second candidate, changed once."""
        return f"{self.candidate}.{self.iteration}"

    def row(self, functions: tuple[str, ...], probes: int, has_voice: bool) -> Row:
        """Give how it did in these tests and the facts; worked out once for both."""
        asked = functions, probes, has_voice
        if asked not in self._rows:
            self._rows[asked] = _row(self, *asked)
        return self._rows[asked]

    @cached_property
    def _rows(self) -> dict[tuple[tuple[str, ...], int, bool], Row]:
        return {}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a person said about one probe."""

    probe: str
    output: str
    wanted: bool = True
    """Whether this is what it has to give, or what it must not."""

    def test(self, number: int) -> str:
        """Name it as a test."""
        return f"example-{number}"


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What came of the trial of a test."""

    upheld: bool | None
    """None: nobody could say."""
    why: str


@dataclass(frozen=True)
class Board:
    """All of it, and what it comes to."""

    matrix: Matrix
    ledger: Ledger
    opinions: Mapping[str, Opinion] = field(default_factory=dict)
    """What reviewers said, by what they were shown."""

    @cached_property
    def choice(self) -> Choice:
        """Say who wins, and at which stage everybody else lost."""
        return select(self.matrix, self.ledger, self._heard if self.opinions else None)

    @property
    def confidence(self) -> Confidence:
        """Say how probably the winner is right."""
        return confidence(self.matrix, self.ledger, self.choice.winner)

    def explain_test(self, test: str) -> str:
        """Say why a test is trusted as much as it is. Raises KeyError."""
        said = self.ledger.explain(test)
        if test not in self.matrix.tests or not self.matrix.rows:
            return said
        passing = [p for p in self.matrix.programs if test in self.matrix.passed(p)]
        failing = [p for p in self.matrix.programs if test in self.matrix.failed(p)]
        return (
            f"{said}\n  passed by {', '.join(passing) or 'nobody'}; "
            f"failed by {', '.join(failing) or 'nobody'}"
        )

    def explain_candidate(self, candidate: str) -> str:
        """Say why a candidate won or lost. Raises KeyError."""
        if candidate not in self.matrix.programs:
            raise KeyError(candidate)
        said = self.choice.explain(candidate)
        if candidate == self.choice.winner:
            said += f"\n  {self.confidence.in_words()}"
        return said

    def _heard(self, shown: tuple[Shown, ...]) -> Opinion:
        return self.opinions.get(shown_key(shown), Opinion.NONE)


def shown_key(shown: Sequence[Shown]) -> str:
    """Name what a reviewer was shown."""
    said = json.dumps([[each.probe, each.first, each.second] for each in shown])
    return sha256(said.encode()).hexdigest()[:16]


def board(
    versions: Iterable[Version],
    probes: Sequence[Probe] = (),
    told: Sequence[Told] = (),
    acceptance: Acceptance | None = None,
    *,
    sources: Mapping[str, Source] | None = None,
    rulings: Mapping[str, Ruling] | None = None,
    opinions: Mapping[str, Opinion] | None = None,
    instead: Collection[str] = (),
) -> Board:
    """Put together what is known so far.

    `sources` says where tests come from that were not written blindly; `instead` names
    the versions that a better one of the same candidate speaks for.
    """
    functions, known = acceptance.functions if acceptance else (), tuple(versions)
    matrix = Matrix(
        tests=(*functions, *FACTS),
        probes=tuple(probe.id for probe in probes),
        rows=tuple(
            each.row(functions, len(probes), each.id not in instead) for each in known
        ),
    )
    entries = [Entry(id=fact, source=Source.FACT, author="the host") for fact in FACTS]
    if acceptance:
        killing = frozenset(t for each in known for t in each.kills)
        where = sources or {}
        entries += [
            _entry(f, acceptance, where.get(f) or _origin(f), f in killing)
            for f in functions
        ]
    by_id = {probe.id: probe for probe in probes}
    for number, answer in enumerate(told, 1):
        name = answer.test(number)
        matrix = matrix.with_answer(
            name, answer.probe, answer.output, wanted=answer.wanted
        )
        about = {requirement_of(test) for test in by_id[answer.probe].tests}
        entries.append(
            Entry(
                id=name,
                source=Source.APPROVED,
                author="a person",
                requirement=about.pop() if len(about) == 1 else "",
            )
        )
    ledger = _heard(Ledger(tuple(entries)), matrix, probes, told)
    ledger = replace(
        ledger, entries=tuple(_ruled(entry, rulings or {}) for entry in ledger.entries)
    )
    return Board(matrix, ledger.after(matrix), opinions or {})


def _ruled(entry: Entry, rulings: Mapping[str, Ruling]) -> Entry:
    ruling = rulings.get(entry.id)
    if ruling is None or ruling.upheld is None:
        return entry
    return entry.judged(upheld=ruling.upheld, detail=ruling.why)


def _heard(
    ledger: Ledger, matrix: Matrix, probes: Sequence[Probe], told: Sequence[Told]
) -> Ledger:
    """Hold what a person said of a test's own story for or against that test.

    If nobody passes the test who does as was told there, it asks for something else;
    if everybody does who passes it, and not everybody, it asks for just that. Where
    nobody passes it, that is known only of the one call that it makes.
    """
    by_id = {probe.id: probe for probe in probes}
    stories = Counter(test for probe in probes for test in probe.tests)
    for number, answer in enumerate(told, 1):
        name = answer.test(number)
        right = {p for p in matrix.programs if name in matrix.passed(p)}
        wrong = {p for p in matrix.programs if name in matrix.failed(p)}
        for test in by_id[answer.probe].tests:
            passing = {p for p in matrix.programs if test in matrix.passed(p)}
            if test not in ledger:
                continue
            alone = answer.wanted and stories[test] == 1
            if right and not passing & right and (passing or alone):
                said = Evidence(kind=Kind.DENIED, detail=name)
                ledger = ledger.learn(test, said)
            elif answer.wanted and passing and wrong and not passing & wrong:
                said = Evidence(kind=Kind.CONFIRMED, detail=name)
                ledger = ledger.learn(test, said)
    return ledger


def _seen(version: Version, is_wrong: bool) -> Cell | None:
    if version.report is None:
        return None
    return Cell(Verdict.SV if is_wrong else Verdict.AC)


def _loads(version: Version) -> bool:
    results = version.report.results if version.report else ()
    return not results or any("::" in result.test for result in results)


def _row(
    version: Version, functions: tuple[str, ...], probes: int, has_voice: bool
) -> Row:
    program = Program(
        id=version.id,
        lineage=str(version.candidate) if has_voice else "",
        size=len(version.code.split("\n")),
        findings=version.findings,
        mutation=version.mutation,
    )
    report, loads = version.report, _loads(version)
    cells = (
        # What does not load says nothing about any test.
        *(_cells(report, functions) if report and loads else [None] * len(functions)),
        # What needs no test: whether it fits, and reaches for what was granted.
        _seen(version, bool(version.problems) or not loads),
        _seen(version, bool(report and report.denied)),
    )
    outputs = version.outputs or (None,) * probes
    return Row(program, cells, outputs, ran((*functions, *FACTS), cells))


def _cells(report: Report, functions: Sequence[str]) -> Iterator[Cell]:
    """Give each test function's outcome: all of its cases have to be accepted."""
    found: dict[str, list[TestResult]] = {}
    for each in report.results:
        found.setdefault(function_of(each.test), []).append(each)
    for function in functions:
        cases = found.get(function)
        if not cases:
            yield Cell(Verdict.CE)  # it was never run, for something did not load
            continue
        worst = (c.verdict for c in cases if c.verdict is not Verdict.AC)
        yield Cell(next(worst, Verdict.AC), sum(case.fuel for case in cases))


def _entry(function: str, acceptance: Acceptance, source: Source, kills: bool) -> Entry:
    if function in acceptance.trusted:
        evidence = [Evidence(kind=Kind.RIVAL, detail="an empty plugin fails it")]
    else:
        flaws = acceptance.evidence.get(function, ())
        evidence = [*flaws] or [Evidence(kind=Kind.TRIVIAL)]
    if kills:
        evidence.append(Evidence(kind=Kind.MUTANT))
    return Entry(
        id=function,
        source=source,
        author=_AUTHORS.get(source, TESTER),
        requirement=requirement_of(function),
        evidence=tuple(evidence),
    )


_AUTHORS = {Source.APPROVED: "a person", Source.PROPERTY: "the forge"}


def _origin(function: str) -> Source:
    return Source.PROPERTY if is_derived(function) else Source.BLIND
