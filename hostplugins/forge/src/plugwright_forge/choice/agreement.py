"""Who agrees with whom: the two published scores for groups of programs.

CodeT: Bei Chen and others, "CodeT: Code Generation with Generated Tests", 2022,
arXiv:2207.10397. A group is worth the root of its programs times its tests.

B4: Mouxiang Chen and others, "B4: Towards Optimal Assessment of Plausible Code
Solutions with Plausible Tests", ASE 2024, arXiv:2409.08692. Suppose that the group's
programs x are the right ones and the tests y that they pass are the right tests; the
score is the posterior of that. A wrong program passes a right test with a chance θ1 and
a wrong test with θ0; with Beta priors and all chances integrated out, it is the product
of four Beta functions:

    B(|x| + α, N - |x| + 1)              the programs:      θx ~ Beta(α, 1)
    B(|y| + α, M - |y| + 1)              the tests:         θy ~ Beta(α, 1)
    B(n1 + 1, (N - |x|)|y| - n1 + 1)     wrong on right:    θ1 ~ Beta(1, 1)
    B(n0 + 1, (N - |x|)(M - |y|) - n0 + β)   wrong on wrong:    θ0 ~ Beta(1, β)

N programs, M tests; n1 and n0 count what the other programs pass within y and outside
of it. α > 1 says that right ones are not rare, β > 1 that wrong programs seldom pass
wrong tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lgamma, sqrt


@dataclass(frozen=True)
class Group:
    """Programs that agree."""

    votes: int
    passed: frozenset[str]


@dataclass(frozen=True)
class B4Prior:
    """What is believed before any test has run."""

    alpha: float = 10.0
    beta: float = 1000.0
    """The paper's own runs try up to a million; of 1 to 10 000, this did best on the
    simulated populations of the tests."""


def codet(groups: Sequence[Group]) -> tuple[float, ...]:
    """Score the groups by √programs · tests."""
    return tuple(sqrt(group.votes) * len(group.passed) for group in groups)


def b4(
    groups: Sequence[Group], tests: int, prior: B4Prior | None = None
) -> tuple[float, ...]:
    """Score the groups by the logarithm of their posterior, up to a constant."""
    prior = prior or B4Prior()
    programs = sum(group.votes for group in groups)
    passes: dict[str, int] = {}
    for group in groups:
        for test in group.passed:
            passes[test] = passes.get(test, 0) + group.votes
    total = sum(passes.values())

    def score(group: Group) -> float:
        x, y = group.votes, len(group.passed)
        others = programs - x
        within = sum(passes[test] for test in group.passed)
        right, wrong = within - x * y, total - within
        return (
            _log_beta(x + prior.alpha, others + 1)
            + _log_beta(y + prior.alpha, tests - y + 1)
            + _log_beta(right + 1, others * y - right + 1)
            + _log_beta(wrong + 1, others * (tests - y) - wrong + prior.beta)
        )

    return tuple(score(group) for group in groups)


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)
