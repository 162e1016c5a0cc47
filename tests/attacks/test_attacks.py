"""Every row of the attack table, against every engine that it applies to."""

from __future__ import annotations

from typing import Any

import pytest
from attacks.arena import Arena
from attacks.invariants import INVARIANTS
from attacks.players import play
from attacks.table import ENGINES, Attack, table


def _case(engine: str, attack: Attack) -> Any:
    why = attack.known_gap.get(engine)  # type: ignore[call-overload]
    marks = [pytest.mark.xfail(strict=True, reason=why)] if why else []
    return pytest.param(engine, attack, id=f"{engine}-{attack.id}", marks=marks)


CASES = [
    _case(engine, attack)
    for engine in ENGINES
    for attack in table().attack
    if attack.is_applicable(engine)
]


@pytest.mark.parametrize(("engine", "attack"), CASES)
def test_an_attack_ends_as_the_table_says_and_nobody_else_notices(
    arena: Arena, attack: Attack
) -> None:
    played = play(attack, arena)

    complaints = [*arena.complaints(played)]
    assert played.ending in attack.endings(arena.engine), played.told[:2000]
    assert not complaints, played.told[:2000]
    for name in attack.invariants(arena.engine):
        assert INVARIANTS[name](played), (name, played.told[:2000])
