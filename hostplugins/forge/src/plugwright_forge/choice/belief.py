"""How probably each behaviour is the right one, and how probably none of them is.

A right program passes every right test, and a wrong test by luck only. So a test that a
behaviour passes speaks for it: the more, the more the test is trusted and the fewer
others pass it. Tests of one author err together, and so do candidates of one model:
generated tests count half (in logarithms) and voices as their square; both were chosen
on the simulated populations of the tests. What a person said counts in full.

An answer of a person is an approved example like any other. So all of this is the soft
update too: whoever asks again believes again, with one more test.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import exp, log

from plugwright_forge.choice.behaviours import Behaviour, behaviours, shares
from plugwright_forge.choice.ledger import Ledger
from plugwright_forge.choice.matrix import Matrix
from plugwright_forge.choice.trust import Kind, Source

_LUCK = 0.05
"""How often a right program passes a wrong test."""
_SPOKEN_FOR = 0.5
"""The voice of those that a better version speaks for."""
_TESTS = 0.5
_VOICES = 2.0
_TOLD = (Source.APPROVED, Source.REQUEST)


def _is_sure(ledger: Ledger, test: str) -> bool:
    entry = ledger[test]
    return entry.source is Source.FACT or any(
        evidence.kind is Kind.UPHELD for evidence in entry.evidence
    )


@dataclass(frozen=True)
class Belief:
    """Weights that, with `unseen`, are 1 in all."""

    behaviours: tuple[Behaviour, ...]
    weights: tuple[float, ...]
    unseen: float
    """How probably the right behaviour is not among them."""

    def of(self, program: str) -> float:
        """Say how probably a program's behaviour is the right one."""
        return next(
            weight
            for behaviour, weight in zip(self.behaviours, self.weights, strict=True)
            if program in behaviour.programs
        )


def believe(matrix: Matrix, ledger: Ledger) -> Belief:
    """Weigh the behaviours by who shows them and by what they pass."""
    what = ("belief", id(ledger))
    # The ledger is kept beside it, so that its number stays its own.
    return matrix.once(what, lambda: (ledger, _believed(matrix, ledger)))[1]


def _believed(matrix: Matrix, ledger: Ledger) -> Belief:
    different = behaviours(matrix)
    seen = shares(matrix)
    trust = {t: min(max(ledger.beside_answers(t), 0.001), 0.999) for t in matrix.tests}
    told = {t for t in matrix.tests if ledger[t].source in _TOLD}
    # Who was upheld has two witnesses, and facts are seen by the host itself.
    full = {t for t in matrix.tests if t in told or _is_sure(ledger, t)}

    @cache
    def spoken(voice: float) -> dict[str, tuple[float, float]]:
        """Say what each test tells of who has this voice and passes it, or fails it."""
        worked_out = {}
        for test in matrix.tests:
            weight = 1.0 if test in full else _TESTS
            if_passed = trust[test] + (1 - trust[test]) * _LUCK
            if_failed = (1 - trust[test]) * (1 - _LUCK)
            share = None if test in told else seen[test]
            usual = share.usual_beside(voice, passes=True) if share else 0.5
            other = share.usual_beside(voice, passes=False) if share else 0.5
            worked_out[test] = (
                weight * log(if_passed / usual),
                weight * log(if_failed / (1 - other)),
            )
        return worked_out

    def score(behaviour: Behaviour) -> float:
        score = _VOICES * log(max(behaviour.votes, _SPOKEN_FOR))
        passed, failed = behaviour.passed, matrix.failed(behaviour.name)
        for test, (if_passed, if_failed) in spoken(behaviour.voice).items():
            if test in passed:
                score += if_passed
            elif test in failed:
                score += if_failed
        return score

    scores = [score(behaviour) for behaviour in different]
    # One voice for which no test speaks and none against: the right one may be unseen.
    most = max([0.0, *scores])
    total = exp(-most) + sum(exp(score - most) for score in scores)
    return Belief(
        behaviours=different,
        weights=tuple(exp(score - most) / total for score in scores),
        unseen=exp(-most) / total,
    )
