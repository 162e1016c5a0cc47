"""The test report of a session: what its page says, from what is known of it."""

from __future__ import annotations

from collections.abc import Sequence

from plugwright.judging import Report as Judged
from plugwright.quality import Quality
from plugwright_forge.pages.report import Report, written
from plugwright_forge.product import Attempt

FILE = "report.html"
_CODE = "plugin.py"


def page(
    attempt: Attempt,
    *,
    missing: Sequence[str] = (),
    unsure: Sequence[str] = (),
    report: Judged | None = None,
    quality: Quality | None = None,
) -> str:
    """Write the page of one session; `report` is of the last judging, if there was one.

    What was not measured is not on it.
    """
    judged, known = report or attempt.best.report, attempt.board
    return written(
        Report(
            specification=attempt.specification,
            matrix=known.matrix,
            ledger=known.ledger,
            choice=known.choice,
            version=attempt.version,
            confidence=attempt.certainty,
            passed=not missing,
            kinds=attempt.matrix.acceptance.kinds,
            missing=missing,
            unsure=unsure,
            source=attempt.best.code,
            coverage=(judged.coverage or {}).get(_CODE),
            mutants=attempt.mutants,
            optimised=attempt.optimised,
            quality=quality,
        )
    )
