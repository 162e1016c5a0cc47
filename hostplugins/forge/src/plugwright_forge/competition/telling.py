"""What the loop guard is told of a version that enters a contest."""

from __future__ import annotations

from plugwright.judging import Verdict
from plugwright_forge.guard import Failed, Judged, Made, Outcome
from plugwright_forge.matrix import Trial
from plugwright_forge.steering import Steering


def tell(steering: Steering, trial: Trial, name: str, lineage: str) -> None:
    """Tell it what was made, why it does not load, and what it passes."""
    results = trial.report.results
    steering.tell(Made(lineage=lineage, text=trial.code))
    if not trial.loads and results:
        steering.tell(Failed(lineage=lineage, error=results[0].message))
    accepted = sum(result.verdict is Verdict.AC for result in results)
    steering.tell(
        Judged(
            lineage=lineage,
            candidate=name,
            code=trial.code,
            outcomes=tuple(
                Outcome(test=r.test, verdict=r.verdict, message=r.message)
                for r in results
            ),
            # It only orders versions for whoever has to stop at once.
            confidence=accepted / len(results) if results else 0.0,
        )
    )
