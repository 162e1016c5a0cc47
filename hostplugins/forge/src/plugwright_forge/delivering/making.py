"""How the chosen version came to be, in words, and its source as it is delivered."""

from __future__ import annotations

import re
from dataclasses import replace

from plugwright_forge.delivering.comments import commented
from plugwright_forge.product import Attempt
from plugwright_forge.session import Session
from plugwright_forge.specification import Wish

_LINE = re.compile(r"line (\d+)")
_PLAN = re.compile(r"written by plan (\d+)")


def delivered(
    session: Session, attempt: Attempt, tests: str, permissions: tuple[Wish, ...]
) -> Attempt:
    """Give the best version's source comments on what was decided."""
    source = attempt.best.code
    code = commented(
        source,
        replace(attempt.specification, permissions=permissions),
        tests,
        plan=_made(session, attempt),
        chosen=_chosen(attempt),
    )
    mutants = attempt.mutants
    if mutants:
        alive = tuple(_moved(said, source, code) for said in mutants.alive)
        mutants = replace(mutants, alive=alive)
    return replace(attempt, best=replace(attempt.best, code=code), mutants=mutants)


def _moved(said: str, source: str, code: str) -> str:
    """Say the line as it is numbered with the comments."""
    found = _LINE.match(said)
    if found is None:
        return said
    number, lines = int(found[1]), source.split("\n")
    # Lines were put in between, and none was changed: so they come in this order.
    at = 0
    left = code.split("\n")
    for line in lines[:number]:
        at = left.index(line, at) + 1
    return f"line {at}{said[found.end() :]}"


def _made(session: Session, attempt: Attempt) -> str:
    """Say who wrote it, by which plan, and what was changed since."""
    origins = [
        str(value["origin"])
        for key, value in session.given(f"entered/{attempt.best.candidate}/").items()
        if isinstance(value, dict)
        and int(key.rpartition("/")[2]) <= attempt.best.iteration
    ]
    said = f"candidate {attempt.best.candidate}: " + "; ".join(origins)
    found = _PLAN.search(said)
    number = int(found[1]) if found else 0
    plans = attempt.specification.plans
    return f"{said}. {plans[number - 1]}" if 0 < number <= len(plans) else f"{said}."


def _chosen(attempt: Attempt) -> str:
    choice = attempt.board.choice
    said = choice.explain(choice.winner)
    if attempt.version != choice.winner:
        said = f"{attempt.version} improves {choice.winner}. {said}"
    return said
