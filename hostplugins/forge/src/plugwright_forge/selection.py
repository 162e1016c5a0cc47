"""Which candidate goes on: agreement first, never a bare count of passed tests.

The score is CodeT's: candidates that pass the same set of tests vouch for each other,
and a set counts as the root of its supporters times its tests. But these tests were
sifted, so a candidate that fails one never beats a candidate that fails none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import sqrt

from plugwright_forge.matrix import Matrix, Trial


def select(matrix: Matrix, trials: Sequence[Trial]) -> Trial:
    """Choose the best; of equals the one with least fuel, then code, then number."""
    agreeing = Counter(matrix.trusted(trial) for trial in trials)

    def rank(trial: Trial) -> tuple[bool, bool, bool, float, int, int, int, int]:
        passed = matrix.trusted(trial)
        score = sqrt(agreeing[passed]) * len(passed)
        return (
            not matrix.flawless(trial),
            passed != matrix.acceptance.trusted,
            not trial.loads,
            -score,
            len(trial.problems) + len(trial.report.denied),
            trial.fuel,
            len(trial.code),
            trial.candidate,
        )

    return min(trials, key=rank)
