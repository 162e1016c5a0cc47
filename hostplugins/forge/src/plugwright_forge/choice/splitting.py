"""The question that tells most: the input that splits the likely behaviours best."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import log2

from plugwright_forge.choice.belief import Belief
from plugwright_forge.choice.matrix import Matrix
from plugwright_forge.choice.trust import RELIABLE

MOST_CARDS = 3
FEWEST_CARDS = 2
"""Also where nothing splits: programs of one model that agree may misread alike."""
_NOTHING = 0.15
"""Bits: the two sides of a question that tells less are settled to about 93 %. To ask
nevertheless does as much harm, by wrong answers, as good."""


@dataclass(frozen=True)
class Option:
    """One output that programs give."""

    output: str
    weight: float
    """How probably it is right, among those who give any."""
    programs: tuple[str, ...]


@dataclass(frozen=True)
class Card:
    """An input to ask a person about; the likeliest output first."""

    probe: str
    options: tuple[Option, ...]
    bits: float
    """What an answer, reliable as people are, is expected to tell."""


def next_card(
    matrix: Matrix,
    belief: Belief,
    asked: Collection[str] = (),
    reliable: float = RELIABLE,
    among: Collection[str] | None = None,
) -> Card | None:
    """Give the best question left; None if nothing splits, or after three.

    `among` are the inputs that may be asked about, if not all.

    An answer becomes an approved example: `Matrix.with_answer`, and an entry of the
    ledger whose source is `Source.APPROVED`. Then believe again.
    """
    if len(asked) >= MOST_CARDS:
        return None
    cards = [
        card_of(matrix, belief, probe, reliable)
        for probe in matrix.probes
        if probe not in asked and (among is None or probe in among)
    ]
    best = max(cards, key=lambda card: card.bits, default=None)
    return best if best and best.bits > _NOTHING else None


def card_of(
    matrix: Matrix, belief: Belief, probe: str, reliable: float = RELIABLE
) -> Card:
    """Make the card of one input, the likeliest output first."""
    at = matrix.probes.index(probe)
    weights: dict[str, float] = {}
    programs: dict[str, list[str]] = {}
    for behaviour, weight in zip(belief.behaviours, belief.weights, strict=True):
        output = behaviour.outputs[at]
        if output is not None:
            weights[output] = weights.get(output, 0.0) + weight
            programs.setdefault(output, []).extend(behaviour.programs)
    total = sum(weights.values())
    options = [
        Option(output, weight / total if total else 0.0, tuple(programs[output]))
        for output, weight in weights.items()
    ]
    options.sort(key=lambda option: -option.weight)
    return Card(probe, tuple(options), _told([o.weight for o in options], reliable))


def _told(weights: Sequence[float], reliable: float) -> float:
    """Mutual information of what is right and what is answered.

    A wrong answer is any of the others alike.
    """
    if len(weights) < 2:
        return 0.0
    wrong = (1 - reliable) / (len(weights) - 1)
    heard = [wrong + (reliable - wrong) * weight for weight in weights]
    noise = [reliable, *[wrong] * (len(weights) - 1)]
    return max(_entropy(heard) - _entropy(noise), 0.0)


def _entropy(chances: Sequence[float]) -> float:
    return -sum(chance * log2(chance) for chance in chances if chance > 0)
