"""Objections: tests of a second tester that fail on what is about to be proposed.

Whoever wrote the tests may have misread the request, or left something out; a program
that misreads it alike passes all of them. A second tester, who saw neither, seldom errs
at the same place. What that one has against a program is put behind the tests; what
speaks for it is not, so nothing is easier to show than before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from plugwright.judging import Report, Verdict
from plugwright_forge.acceptance import checked, cut, function_of, requirement_of
from plugwright_forge.fences import Malformed
from plugwright_forge.specification import Specification
from plugwright_forge.testing import kinds_of

_REFUSES = (Verdict.WA, Verdict.RE, Verdict.MLE, Verdict.OLE, Verdict.SV)
"""What speaks against a plugin; what does not end may be the test's own doing."""


def objections(
    opinion: str,
    best: Report,
    others: Iterable[Report],
    specification: Specification,
    tests: Collection[str],
    passed: Collection[str],
    taken: Collection[str] = (),
) -> str:
    """Give the tests of an opinion that are objections: a file, or nothing.

    `best` and `others` are what the opinion says of each program; `tests` are those
    that there are, and `passed` those of them that the best one passes; those that
    were `taken` before are none. Where the testers do not agree about a test, it is an
    objection if somebody else passes it: else it is rather a slip.
    """
    known = {requirement.id for requirement in specification.requirements}
    written = frozenset(kinds_of(opinion))
    failed = frozenset(
        test
        for test in _refused(best) & written - {*taken}
        if requirement_of(test) in known
    )
    found, contested = failed.difference(tests), failed.intersection(passed)
    for report in others if contested else ():
        found |= contested & _passed(report)
        contested -= found
        if not contested:
            break
    file = cut(opinion, written - found)
    return file if found and _is_usable(file, specification) else ""


def _is_usable(file: str, specification: Specification) -> bool:
    try:
        checked(file, specification)
    except Malformed:
        return False
    return True


def _refused(report: Report) -> frozenset[str]:
    return frozenset(
        function_of(r.test) for r in report.results if r.verdict in _REFUSES
    )


def _passed(report: Report) -> frozenset[str]:
    all_ = {function_of(result.test) for result in report.results}
    return frozenset(all_) - {
        function_of(r.test) for r in report.results if r.verdict is not Verdict.AC
    }
