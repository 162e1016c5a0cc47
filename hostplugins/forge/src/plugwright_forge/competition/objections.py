"""Objections: tests of a second tester that fail on what is about to be proposed.

Whoever wrote the tests may have misread the request, or left something out; a program
that misreads it alike passes all of them. A second tester, who saw neither, seldom errs
at the same place. What that one has against a program is put behind the tests; what
speaks for it is not, so nothing is easier to show than before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from plugwright.judging import Report, Verdict
from plugwright_forge.acceptance import cut, function_of, requirement_of
from plugwright_forge.specification import Specification
from plugwright_forge.testing import kinds_of


def objections(
    opinion: str,
    best: Report,
    others: Iterable[Report],
    specification: Specification,
    tests: Collection[str],
    passed: Collection[str],
) -> str:
    """Give the tests of an opinion that are objections: a file, or nothing.

    `best` and `others` are what the opinion says of each program; `tests` are those
    that there are, and `passed` those of them that the best one passes. Where the
    testers do not agree about a test, it is an objection if somebody else passes it:
    else it is rather a slip.
    """
    known = {requirement.id for requirement in specification.requirements}
    written = frozenset(kinds_of(opinion))
    failed = frozenset(
        test
        for test in _functions(best) - _passed(best)
        if test in written and requirement_of(test) in known
    )
    found, contested = failed.difference(tests), failed.intersection(passed)
    for report in others:
        if not contested:
            break
        found |= contested & _passed(report)
        contested -= found
    return cut(opinion, written - found) if found else ""


def _functions(report: Report) -> frozenset[str]:
    return frozenset(function_of(result.test) for result in report.results)


def _passed(report: Report) -> frozenset[str]:
    failed = {
        function_of(r.test) for r in report.results if r.verdict is not Verdict.AC
    }
    return _functions(report) - failed
