"""Whether one more candidate is bought: only if it can still change the winner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from plugwright.judging import Verdict
from plugwright_forge.choice.behaviours import Behaviour, behaviours
from plugwright_forge.choice.ledger import Ledger
from plugwright_forge.choice.matrix import Cell, Matrix, Row
from plugwright_forge.choice.selection import select


@dataclass(frozen=True)
class Outlook:
    """What more candidates could do."""

    needed: int | None
    """The fewest further candidates that could change the winner; None: no number that
    can be paid."""
    why: str

    @property
    def can_change(self) -> bool:
        """Whether to buy the next one."""
        return self.needed is not None


def can_still_change(matrix: Matrix, ledger: Ledger, budget: int) -> Outlook:
    """Try what up to `budget` more candidates could do, if all were of one mind.

    They could all join a rival, or all do something new that passes every test.
    """
    if budget < 1:
        return Outlook(None, "nothing is left to pay with")
    if not matrix.rows:
        return Outlook(1, "there is no candidate yet")
    different = behaviours(matrix)
    winner = select(matrix, ledger).winner
    best = next(b for b in different if winner in b.programs)
    found: Outlook | None = None
    for who, row in _newcomers(matrix, different, best):
        most = budget if found is None else (found.needed or 1) - 1
        if most < 1 or not _changes(matrix, ledger, best, row, most):
            continue
        needed = next(
            n for n in range(1, most + 1) if _changes(matrix, ledger, best, row, n)
        )
        found = Outlook(needed, f"{needed} more that {who} would win")
    if found:
        return found
    return Outlook(None, f"{winner} stays the winner, whatever {budget} more would do")


def _newcomers(
    matrix: Matrix, different: tuple[Behaviour, ...], best: Behaviour
) -> Iterator[tuple[str, Row]]:
    for behaviour in different:
        if behaviour is not best:
            yield f"do what {behaviour.name} does", matrix.row(behaviour.name)
    yield (
        "do something new and pass every test",
        Row(
            replace(matrix.rows[0].program, size=0, findings=0, mutation=1.0),
            tuple(Cell(Verdict.AC) for _ in matrix.tests),
            # An output that nobody else has: it is another behaviour.
            tuple("\0new" for _ in matrix.probes),
        ),
    )


def _changes(
    matrix: Matrix, ledger: Ledger, best: Behaviour, row: Row, copies: int
) -> bool:
    more = [
        replace(row, program=replace(row.program, id=f"\0{n}", lineage=f"\0{n}"))
        for n in range(copies)
    ]
    larger = replace(matrix, rows=(*matrix.rows, *more))
    winner = select(larger, ledger).winner
    same = next(b for b in behaviours(larger) if winner in b.programs)
    return best.name not in same.programs
