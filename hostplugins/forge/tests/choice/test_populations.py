"""Populations whose truth is known: does our choice do what the evidence says?

`python hostplugins/forge/tests/choice/test_populations.py` prints the whole table.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cache, cached_property
from math import sqrt

import pytest

from plugwright.judging import Verdict
from plugwright_forge.choice import (
    Cell,
    Entry,
    Ledger,
    Matrix,
    Program,
    Row,
    Source,
    behaviours,
    believe,
    confidence,
    fitted,
    next_card,
    select,
)
from plugwright_forge.choice.agreement import Group, b4, codet

INPUTS, PROBES = 40, 12
RIGHT = (0,) * INPUTS
PASS, FAIL = Cell(Verdict.AC, fuel=10), Cell(Verdict.WA, fuel=10)


@dataclass(frozen=True)
class World:
    """Candidates as what they give for each input, 0 being right, and the asserts."""

    programs: tuple[tuple[int, ...], ...]
    asserts: tuple[tuple[int, int], ...]
    probes: tuple[int, ...]

    def is_right(self, program: str) -> bool:
        return self.programs[int(program)] == RIGHT

    @cached_property
    def matrix(self) -> Matrix:
        return Matrix(
            tests=tuple(f"t{i}" for i in range(len(self.asserts))),
            probes=tuple(f"p{i}" for i in range(len(self.probes))),
            rows=tuple(
                Row(
                    Program(id=str(n), lineage=str(n)),
                    tuple(PASS if given[i] == v else FAIL for i, v in self.asserts),
                    tuple(str(given[i]) for i in self.probes),
                )
                for n, given in enumerate(self.programs)
            ),
        )

    @cached_property
    def ledger(self) -> Ledger:
        entries = (
            Entry(id=f"t{i}", source=Source.BLIND) for i in range(len(self.asserts))
        )
        return Ledger(tuple(entries)).after(self.matrix)


def world(seed, *, programs, right, true_tests, correlated, tests=30):
    """Make one. Correlated programs share one of six mistakes, some often.

    A wrong assert mostly expects what is popularly believed, as wrong programs do.
    """
    chance = random.Random(f"{seed} {programs} {right} {true_tests} {correlated}")

    def wrong_answer():
        return 1 if chance.random() < 0.6 else chance.randint(2, 5)

    def mistaken(badness):
        return tuple(
            wrong_answer() if chance.random() < badness else 0 for _ in range(INPUTS)
        )

    mistakes = [mistaken(chance.uniform(0.1, 0.7)) for _ in range(6)]
    made = []
    for _ in range(programs):
        if chance.random() < right:
            made.append(RIGHT)
        elif chance.random() < correlated:
            made.append(mistakes[min(int(chance.expovariate(0.7)), 5)])
        else:
            made.append(mistaken(chance.uniform(0.1, 0.9)))
    asserts = [
        (
            chance.randrange(INPUTS),
            0 if chance.random() < true_tests else wrong_answer(),
        )
        for _ in range(tests)
    ]
    probes = chance.sample(range(INPUTS), PROBES)
    return World(tuple(made), tuple(asserts), tuple(probes))


def by_count(world):
    """Most tests passed; of equals the first."""
    matrix = world.matrix
    return max(matrix.programs, key=lambda p: len(matrix.passed(p)))


def by_codet(world):
    return by_score(world, lambda groups: codet(groups))


def by_b4(world):
    return by_score(world, lambda groups: b4(groups, len(world.asserts)))


def by_score(world, scores):
    """A published score over the groups that pass the same tests, and nothing else."""
    blind = Matrix(
        tests=world.matrix.tests,
        rows=tuple(Row(row.program, row.cells) for row in world.matrix.rows),
    )
    found = behaviours(blind)
    values = scores([Group(one.votes, one.passed) for one in found])
    return max(zip(values, found, strict=True), key=lambda pair: pair[0])[1].name


def ours(world):
    return select(world.matrix, world.ledger).winner


def with_cards(world, seed=0, reliable=0.9):
    """Ours, after up to three answers of a person who errs."""
    chance = random.Random(f"person {seed} {len(world.programs)}")
    matrix, ledger = world.matrix, world.ledger
    asked = []
    while card := next_card(matrix, believe(matrix, ledger), asked):
        asked.append(card.probe)
        wrong = [o.output for o in card.options if o.output != "0"] or ["9"]
        told = "0" if chance.random() < reliable else chance.choice(wrong)
        name = f"answer {len(asked)}"
        matrix = matrix.with_answer(name, card.probe, told)
        ledger = ledger.add(Entry(id=name, source=Source.APPROVED))
    return select(matrix, ledger).winner, matrix, ledger


STRATEGIES = {
    "count": lambda seed, world: by_count(world),
    "codet": lambda seed, world: by_codet(world),
    "b4": lambda seed, world: by_b4(world),
    "ours": lambda seed, world: ours(world),
    "cards": lambda seed, world: with_cards(world, seed)[0],
    "random": lambda seed, world: "0",
    "oracle": lambda seed, world: str((*world.programs, RIGHT).index(RIGHT)),
}
SEEDS = 160
FEW, MANY = 16, 64


@cache
def worlds(size, population, seeds):
    right, true_tests, correlated = population
    return [
        world(
            seed,
            programs=size,
            right=right,
            true_tests=true_tests,
            correlated=correlated,
        )
        for seed in range(seeds)
    ]


@cache
def results(strategy, size, population, seeds=SEEDS):
    """Say, seed by seed, whether a strategy's choice is right."""
    found = []
    for seed, made in enumerate(worlds(size, population, seeds)):
        chosen = STRATEGIES[strategy](seed, made)
        found.append(int(chosen) < size and made.is_right(chosen))
    return found


HARD = (0.3, 0.32, 0.7)
"""30 % of the candidates are right, 32 % of the asserts, and 70 % of the wrong
candidates share a mistake."""
PLAIN = (0.3, 0.6, 0.0)
WEAK = (0.15, 0.32, 0.0)
POPULATIONS = [
    (right, true_tests, correlated)
    for right in (0.15, 0.3, 0.5)
    for true_tests in (0.32, 0.6)
    for correlated in (0.0, 0.7)
]


def table(populations, sizes=(FEW, MANY)):
    lines = ["right tests corr    N  " + "".join(f"{name:>8}" for name in STRATEGIES)]
    for population in populations:
        for size in sizes:
            found = (share(results(name, size, population)) for name in STRATEGIES)
            right, true_tests, correlated = population
            head = f"{right:5.2f} {true_tests:5.2f} {correlated:4.1f} {size:4}  "
            lines.append(head + "".join(f"{one:8.2f}" for one in found))
    return "\n".join(lines)


def share(found):
    return sum(found) / len(found)


def is_ahead(one, other):
    """Tell whether one is ahead by more than three standard errors, seed by seed."""
    gaps = [int(a) - int(b) for a, b in zip(one, other, strict=True)]
    mean = sum(gaps) / len(gaps)
    spread = sum((gap - mean) ** 2 for gap in gaps) / (len(gaps) - 1)
    return mean > 3 * sqrt(spread / len(gaps))


@pytest.mark.parametrize("size", [FEW, MANY])
@pytest.mark.parametrize("better", ["codet", "b4", "ours", "cards"])
def test_agreement_beats_the_count_of_passed_tests(size, better):
    found, count = results(better, size, HARD), results("count", size, HARD)

    assert is_ahead(found, count), table([HARD])


def test_more_candidates_make_the_count_worse():
    few, many = results("count", FEW, PLAIN), results("count", MANY, PLAIN)

    assert is_ahead(few, many), table([PLAIN])


def test_more_candidates_make_agreement_better():
    few, many = results("codet", FEW, WEAK), results("codet", MANY, WEAK)

    assert is_ahead(many, few), table([WEAK])


def test_with_many_candidates_b4_beats_codet():
    assert is_ahead(results("b4", MANY, HARD), results("codet", MANY, HARD)), table(
        [HARD]
    )


@pytest.mark.parametrize("population", [HARD, PLAIN])
@pytest.mark.parametrize(
    ("size", "part"), [(FEW, "count"), (FEW, "codet"), (MANY, "count"), (MANY, "b4")]
)
def test_the_whole_chain_is_not_behind_what_it_is_made_of(population, size, part):
    found, of_part = results("ours", size, population), results(part, size, population)

    assert not is_ahead(of_part, found), table([population])
    assert share(found) >= share(of_part) - 0.02, table([population])


@pytest.mark.parametrize("size", [FEW, MANY])
def test_to_ask_helps_although_people_err(size):
    assert is_ahead(results("cards", size, HARD), results("ours", size, HARD)), table(
        [HARD]
    )


def estimates(seeds):
    """Say of many choices how sure we are, and whether they are right."""
    seen = []
    for seed in seeds:
        population = POPULATIONS[seed % len(POPULATIONS)]
        right, true_tests, correlated = population
        made = world(
            seed,
            programs=4 + seed % 9,
            right=right,
            true_tests=true_tests,
            correlated=correlated,
            tests=12,
        )
        winner, matrix, ledger = with_cards(made, seed)
        sure = confidence(matrix, ledger, winner).estimate
        seen.append((sure, made.is_right(winner)))
    return seen


def test_a_curve_fitted_to_some_sessions_is_calibrated_on_others():
    curve = fitted(estimates(range(360)))
    bins: dict[int, list[tuple[float, bool]]] = {}
    for sure, right in estimates(range(360, 720)):
        said = curve(sure)
        bins.setdefault(min(int(said * 5), 4), []).append((said, right))

    for said in bins.values():
        expected = sum(one for one, _ in said) / len(said)
        came = share([right for _, right in said])
        # Within 10 points, and what chance makes of so few.
        allowed = 0.1 + 2 * sqrt(expected * (1 - expected) / len(said))
        assert abs(expected - came) <= allowed, (expected, came, len(said))


if __name__ == "__main__":
    print(table(POPULATIONS))
