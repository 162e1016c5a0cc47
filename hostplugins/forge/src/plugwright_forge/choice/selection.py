"""Which candidate is chosen, stage by stage, and why each other one is not.

Never by a count of passed tests, and by a model's opinion only where all else is equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from plugwright_forge.choice.agreement import B4Prior, Group, b4, codet
from plugwright_forge.choice.behaviours import behaviours
from plugwright_forge.choice.belief import believe
from plugwright_forge.choice.ledger import Ledger
from plugwright_forge.choice.matrix import Matrix, Program
from plugwright_forge.choice.review import Duel, Reviewer, review
from plugwright_forge.choice.trust import Source, odds

MANY = 32
"""From so many independent candidates on, B4 is surer than CodeT."""
_OVERRULED = 10.0
"""So much likelier has to be what a person spoke against: strong evidence, no veto."""
_OUTWEIGHED = 3.0
"""The same for what a trusted test speaks against."""
_NEARLY = 3.0
"""Fuel and size decide only between those that are believed about as much."""
_MUTATION = 0.05
_ALIKE = 1.1
"""Fuel and size within a tenth are the same."""


@dataclass(frozen=True)
class Stage:
    """One question, and what became of the programs that were still there."""

    name: str
    kept: tuple[str, ...]
    why: str
    lost: tuple[tuple[str, str], ...] = ()
    """Programs that went no further, each with the reason."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The winner, and how it came to be."""

    winner: str
    stages: tuple[Stage, ...]
    duels: tuple[Duel, ...] = ()

    def explain(self, program: str) -> str:
        """Say in words why a program won or lost."""
        for stage in self.stages:
            for lost, why in stage.lost:
                if lost == program:
                    return f"{program} lost at {stage.name}: {why}"
            if program not in stage.kept:
                raise KeyError(program)
        decisive = [stage for stage in self.stages if stage.lost]
        if not decisive:
            return f"{program} won: there was no other, or none was different"
        said = "; ".join(f"{stage.name}: {stage.why}" for stage in decisive)
        return f"{program} won. {said}"


def select(
    matrix: Matrix,
    ledger: Ledger,
    ask: Reviewer | None = None,
    prior: B4Prior | None = None,
) -> Choice:
    """Choose; `ask` is needed only if two that differ are equal in everything else."""
    if not matrix.rows:
        raise ValueError("there is no candidate")
    stages = [_approved(matrix, ledger, matrix.programs)]
    stages.append(_trusted(matrix, ledger, stages[-1].kept))
    stages.append(_agreement(matrix, ledger, stages[-1].kept, prior))
    stages.append(_believed(matrix, ledger, stages[-1].kept))
    for name, value, least in _measures(matrix):
        stages.append(_measured(name, value, least, stages[-1].kept))
    duels: tuple[Duel, ...] = ()
    tied = stages[-1].kept
    winner = tied[0]
    if ask and len(tied) > 1:
        winner, duels = review(matrix, _first_of_each(matrix, tied), ask)
        stages.append(_reviewed(winner, tied, duels))
    if len(stages[-1].kept) > 1:
        stages.append(_first_come(winner, stages[-1].kept))
    return Choice(winner=winner, stages=tuple(stages), duels=duels)


def _approved(matrix: Matrix, ledger: Ledger, programs: Sequence[str]) -> Stage:
    examples = [t for t in matrix.tests if ledger[t].source is Source.APPROVED]
    return _refused(
        "approved examples", matrix, ledger, examples, programs, overruled=_OVERRULED
    )


def _trusted(matrix: Matrix, ledger: Ledger, programs: Sequence[str]) -> Stage:
    tests = [
        test
        for test in ledger.rejecting(matrix.tests)
        if ledger[test].source is not Source.APPROVED
    ]
    return _refused(
        "trusted tests", matrix, ledger, tests, programs, overruled=_OUTWEIGHED
    )


def _refused(
    name: str,
    matrix: Matrix,
    ledger: Ledger,
    tests: Sequence[str],
    programs: Sequence[str],
    overruled: float,
) -> Stage:
    """Keep whom the tests speak against least, and who is likelier right nevertheless.

    People err, and so do tests. Whoever is kept against a test is still kept with it
    failing: the gate sees that, and the test is what to ask about.
    """
    weights = {test: _weight(ledger, test) for test in tests}
    everywhere = {p: matrix.failed(p) for p in programs}
    failed = {p: [t for t in tests if t in everywhere[p]] for p in programs}
    against = {p: sum(weights[t] for t in failed[p]) for p in programs}
    least = min(against.values())
    kept = [p for p in programs if against[p] <= least]
    why = f"passes {len(tests) - len(failed[kept[0]])} of {len(tests)}"
    if len(kept) < len(programs):
        belief = believe(matrix, ledger)
        best = max(belief.of(p) for p in kept)
        likelier = [
            p for p in programs if p not in kept and belief.of(p) > overruled * best
        ]
        if likelier:
            doubted = sorted({t for p in likelier for t in failed[p]})
            why = f"all else speaks against {', '.join(doubted)}, which reject nobody"
        kept = [p for p in programs if p in kept or p in likelier]

    said = {test: f"{test} (trust {ledger.trust(test):.2f})" for test in tests}

    def words(program: str) -> str:
        return "fails " + ", ".join(map(said.__getitem__, failed[program]))

    return _stage(name, programs, kept, why, words)


def _weight(ledger: Ledger, test: str) -> float:
    return max(odds(min(ledger.trust(test), 0.999)), 0.0)


def _agreement(
    matrix: Matrix, ledger: Ledger, programs: Sequence[str], prior: B4Prior | None
) -> Stage:
    # Facts are the same for nearly all: to agree on them is no agreement.
    tests = [
        test
        for test in ledger.ranking(matrix.tests)
        if ledger[test].source is not Source.FACT
    ]
    found = behaviours(matrix, tests)
    groups = [Group(behaviour.votes, behaviour.passed) for behaviour in found]
    many = matrix.voices >= MANY
    values = b4(groups, len(tests), prior) if many else codet(groups)
    score = {
        program: (value, behaviour.votes, len(behaviour.passed))
        for behaviour, value in zip(found, values, strict=True)
        for program in behaviour.programs
    }
    best = max(score[p][:2] for p in programs)
    name = "B4 agreement" if many else "CodeT agreement"

    def words(program: str) -> str:
        value, votes, passed = score[program]
        return f"{votes} agree on {passed} tests, which scores {value:.2f}"

    kept = [p for p in programs if score[p][:2] == best]
    against = words(kept[0])
    return _stage(
        name, programs, kept, against, lambda p: f"{words(p)}; the best: {against}"
    )


def _believed(matrix: Matrix, ledger: Ledger, programs: Sequence[str]) -> Stage:
    """Keep whom what was seen beside the tests speaks for nearly as much."""
    belief = believe(matrix, ledger)
    best = max(belief.of(p) for p in programs)
    kept = [p for p in programs if belief.of(p) >= best / _NEARLY]
    return _stage(
        "belief",
        programs,
        kept,
        f"right with {best:.0%}",
        lambda p: f"right with {belief.of(p):.0%}, and the likeliest with {best:.0%}",
    )


_Value = Callable[[str], float]


def _measures(matrix: Matrix) -> Iterable[tuple[str, _Value, Callable[[float], float]]]:
    """Give each measure, less is better, and up to where it counts as the least."""

    def program(name: str) -> Program:
        return matrix.row(name).program

    def fuel(name: str) -> float:
        return sum(cell.fuel for cell in matrix.row(name).cells if cell and cell.passed)

    yield (
        "percent of mutants left alive",
        lambda p: 100 * (1 - (program(p).mutation or 0.0)),
        lambda least: least + 100 * _MUTATION,
    )
    yield "fuel", fuel, lambda least: least * _ALIKE
    yield "size", lambda p: program(p).size, lambda least: least * _ALIKE
    yield "findings of quality", lambda p: program(p).findings, lambda least: least


def _measured(
    name: str, value: _Value, least: Callable[[float], float], programs: Sequence[str]
) -> Stage:
    values = {program: value(program) for program in programs}
    lowest = min(values.values())
    kept = [p for p in programs if values[p] <= least(lowest)]
    return _stage(
        name,
        programs,
        kept,
        f"{lowest:.4g} is the least",
        lambda p: f"{values[p]:.4g}, and the least is {lowest:.4g}",
    )


def _reviewed(winner: str, tied: Sequence[str], duels: Sequence[Duel]) -> Stage:
    met = {p: duel for duel in duels for p in (duel.first, duel.second)}
    beaten = {p for p in met if p != winner and met[p].winner not in (None, p)}
    return _stage(
        "peer review",
        tied,
        [p for p in tied if p not in beaten],
        "; ".join(duel.in_words() for duel in duels) or "nothing to show differs",
        lambda p: met[p].in_words(),
    )


def _first_come(winner: str, tied: Sequence[str]) -> Stage:
    why = f"nothing else tells {winner} from the others"
    return _stage("order", tied, [winner], why, lambda p: why)


def _first_of_each(matrix: Matrix, programs: Sequence[str]) -> list[str]:
    return [
        next(p for p in programs if p in behaviour.programs)
        for behaviour in behaviours(matrix)
        if any(p in behaviour.programs for p in programs)
    ]


def _stage(
    name: str,
    programs: Sequence[str],
    kept: Sequence[str],
    why: str,
    lost: Callable[[str], str],
) -> Stage:
    gone = tuple((p, lost(p)) for p in programs if p not in kept)
    return Stage(name, tuple(kept), why, gone)
