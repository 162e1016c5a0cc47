"""The test report: one HTML file that opens from the disk and needs nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files

from plugwright.judging import Coverage, Mutants, Verdict
from plugwright.quality import Grade, Quality, in_words
from plugwright_forge.choice import Cell, Choice, Confidence, Ledger, Matrix, Source
from plugwright_forge.optimising import Outcome
from plugwright_forge.specification import Specification
from plugwright_forge.testing import TestKind

_MEANINGS = {
    Verdict.AC: "passed",
    Verdict.WA: "wrong answer",
    Verdict.RE: "error",
    Verdict.TLE: "too slow",
    Verdict.MLE: "too much memory",
    Verdict.OLE: "too much output",
    Verdict.CE: "does not load",
    Verdict.SV: "not allowed",
    Verdict.IE: "the judge failed",
}
_MARKS = {
    Grade.ERROR: "no",
    Grade.UNSEEN: "none",
    Grade.WARNING: "slow",
    Grade.CLEAR: "yes",
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """All that is known of one session's plugin. What was not measured is left out."""

    specification: Specification
    matrix: Matrix
    ledger: Ledger
    choice: Choice
    version: str
    """Which one was taken: the winner, or what became of it since."""
    confidence: Confidence
    passed: bool
    """Whether it went through the gate."""
    kinds: Mapping[str, TestKind] = field(default_factory=dict)
    """What each test function is about."""
    missing: Sequence[str] = ()
    unsure: Sequence[str] = ()
    source: str = ""
    coverage: Coverage | None = None
    mutants: Mutants | None = None
    optimised: Outcome | None = None
    quality: Quality | None = None
    """Stage by stage, with its plots."""


def written(report: Report) -> str:
    """Write the page."""
    style = files("plugwright_forge.pages").joinpath("report.css").read_text("utf-8")
    title = f"{report.specification.name}: test report"
    parts = "\n".join(filter(None, _parts(report)))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n"
        f"<body>\n<main>\n{parts}\n</main>\n</body>\n</html>\n"
    )


def _parts(report: Report) -> Iterable[str]:
    wanted = report.specification
    yield f"<h1>{escape(wanted.name)}</h1>\n<p>{escape(wanted.summary)}</p>"
    yield _verdict(report)
    yield _requirements(report)
    yield _table(report)
    yield _section("Why this one", _list(_reasons(report)))
    yield _section("Why each test is trusted", _trusts(report))
    yield _covered(report)
    yield _killed(report)
    yield _optimised(report)
    yield _stages(report)
    for what, plot in report.quality.plots.items() if report.quality else ():
        yield _section(f"Fuel against size: {what}", f"<figure>{plot}</figure>")
    yield _section("What is unsure", _list(report.unsure) or "<p>Nothing noted.</p>")


def _verdict(report: Report) -> str:
    met, word = ("yes", "It is ready for a decision.")
    if not report.passed:
        met, word = ("no", "It is not good enough to be proposed.")
    return (
        f'<p class="verdict {met}">{word}</p>\n{_list(report.missing)}\n'
        f"<p>{escape(report.confidence.in_words())}.</p>"
    )


def _requirements(report: Report) -> str:
    rows = "\n".join(
        f"<tr><th>{each.id}</th><td>{escape(each.text)}</td>"
        f"<td>{_of(report, each.id)}</td></tr>"
        for each in report.specification.requirements
    )
    head = "<tr><th></th><th>requirement</th><th>trusted tests passed</th></tr>"
    return _section("Requirements", f"<table>{head}\n{rows}</table>")


def _of(report: Report, requirement: str) -> str:
    tests = [
        test
        for test in report.ledger.rejecting(report.matrix.tests)
        if report.ledger[test].requirement == requirement
    ]
    passed = report.matrix.passed(report.version)
    if not tests:
        return '<span class="no">no trusted test</span>'
    good = sum(test in passed for test in tests)
    mark = "yes" if good == len(tests) else "no"
    return f'<span class="{mark}">{good} of {len(tests)}</span>'


def _table(report: Report) -> str:
    matrix, winner = report.matrix, report.version
    names = "".join(
        f'<th class="{"winner" if name == winner else ""}">{escape(name)}</th>'
        for name in matrix.programs
    )
    rows = []
    for at, test in enumerate(matrix.tests):
        cells = "".join(_cell(row.cells[at]) for row in matrix.rows)
        trust = report.ledger.trust(test)
        rows.append(
            f"<tr><th>{escape(_sentence(test))}</th><td>{_kind(report, test)}</td>"
            f'<td class="trust">{trust:.2f}</td>{cells}</tr>'
        )
    head = f"<tr><th>test</th><th>kind</th><th>trust</th>{names}</tr>"
    table = f'<div class="wide"><table>{head}\n' + "\n".join(rows) + "</table></div>"
    found = Counter(filter(None, (_kind(report, test) for test in matrix.tests)))
    counts = ", ".join(f"{kind} {count}" for kind, count in found.most_common())
    about = (
        f"<p>{len(matrix.tests)} tests: {counts}. "
        "One column for each version, <i>candidate.version</i>; the chosen "
        "one is marked. AC is accepted; hold the pointer over another verdict.</p>"
    )
    return _section("Programs against tests", about + table)


def _kind(report: Report, test: str) -> str:
    if report.ledger[test].source is Source.FACT:
        return "seen by the host"
    if report.ledger[test].source is Source.APPROVED:
        return TestKind.EXAMPLE
    return report.kinds.get(test, "")


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return '<td class="none" title="not run">–</td>'
    meaning = _MEANINGS.get(cell.verdict, "")
    return f'<td class="{cell.verdict}" title="{meaning}">{cell.verdict}</td>'


def _sentence(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")


def _reasons(report: Report) -> Iterable[str]:
    winner = report.choice.winner
    if report.version != winner:
        yield f"{report.version} was taken: it improves {winner}, which won."
    yield report.choice.explain(winner)
    for name in report.matrix.programs:
        if name != winner:
            yield report.choice.explain(name)


def _trusts(report: Report) -> str:
    return "\n".join(
        f"<details><summary>{escape(_sentence(test))}: {report.ledger.trust(test):.2f}"
        f"</summary><pre>{escape(report.ledger.explain(test))}</pre></details>"
        for test in report.matrix.tests
    )


def _covered(report: Report) -> str:
    coverage = report.coverage
    if coverage is None:
        return ""
    ran, there = set(coverage.executed), set(coverage.lines)
    ways = f"{len(coverage.taken)} of {len(coverage.branches)} ways at branches"
    about = f"<p>{len(ran & there)} of {len(there)} lines ran, {ways} were gone.</p>"
    lines = [
        f'<span class="{_mark(number, there, ran)}"><b>{number:>4}</b> '
        f"{escape(line)}</span>"
        for number, line in enumerate(report.source.split("\n"), 1)
    ]
    code = '<pre class="code">' + "\n".join(lines) + "</pre>"
    return _section("What the tests ran", about + code)


def _mark(number: int, there: set[int], ran: set[int]) -> str:
    if number not in there:
        return "plain"
    return "ran" if number in ran else "missed"


def _killed(report: Report) -> str:
    mutants = report.mutants
    if mutants is None or not mutants.counted:
        return ""
    said = (
        f"{mutants.killed} of {mutants.counted} mistakes that were put in on purpose "
        f"were noticed by a test.{' These were not:' if mutants.alive else ''}"
    )
    return _section("Mutants", f"<p>{said}</p>{_list(mutants.alive)}")


def _optimised(report: Report) -> str:
    found = report.optimised
    if found is None:
        return ""
    rows = "\n".join(
        f"<tr><th>{escape(each.said)}</th><td>{escape(each.where)}</td>"
        f'<td class="{"yes" if each.kept else "none"}">'
        f"{'kept' if each.kept else 'left'}</td><td>{each.ratio:.2f}</td>"
        f"<td>{escape(each.why)}</td></tr>"
        for each in found.tries
    )
    head = (
        "<tr><th>rewrite</th><th>where</th><th></th><th>fuel after to before</th>"
        "<th>why</th></tr>"
    )
    table = f'<div class="wide"><table>{head}\n{rows}</table></div>' if rows else ""
    said = [found.reason, *found.summary]
    return _section("What the optimiser did", _list(said) + table)


def _stages(report: Report) -> str:
    if report.quality is None:
        return ""
    rows = "\n".join(
        f'<tr><th>{escape(side.stage)}</th><td class="{_MARKS[side.grade]}">'
        f"{side.grade}</td><td>{_list(map(in_words, side.remarks))}</td></tr>"
        for side in report.quality.sides
    )
    head = "<tr><th>stage</th><th>grade</th><th>what it found</th></tr>"
    return _section("Quality, stage by stage", f"<table>{head}\n{rows}</table>")


def _section(title: str, content: str) -> str:
    return f"<section>\n<h2>{escape(title)}</h2>\n{content}\n</section>"


def _list(lines: Iterable[str]) -> str:
    items = "\n".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<ul>\n{items}\n</ul>" if items else ""
