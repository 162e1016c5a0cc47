"""What a linter mends by itself, taken over if the plugin does the same as before.

Models leave imports behind that nothing uses, and so does the synthesiser's frame.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher

from plugwright.quality import Quality, Source, is_worse
from plugwright_forge.bench import Bench
from plugwright_forge.budget import Amounts, OutOfBudget, Purse
from plugwright_forge.competition.records import probes_in
from plugwright_forge.delivering.stages import Look, dumped, parsed
from plugwright_forge.product import Attempt
from plugwright_forge.session import Session

STAGE = "lint"
KEPT = 0.1
"""The part of the seconds that has to be left, beside what is kept for the end."""
_LINE = re.compile(r"line (\d+): ")


def tidied(
    session: Session, bench: Bench, purse: Purse, look: Look, attempt: Attempt
) -> Attempt:
    """Mend what is safe to mend; what then does something else stays as it was."""
    left = Amounts(seconds=KEPT * purse.budget.seconds)
    try:
        purse.need(left, among=("seconds", "wall"))
        code = _mended(bench, look, attempt)
        if code == attempt.best.code or not _is_the_same(session, bench, attempt, code):
            return attempt
    except OutOfBudget:  # the last judging needs what is left
        return attempt
    mutants = attempt.mutants
    if mutants:
        alive = tuple(_moved(said, attempt.best.code, code) for said in mutants.alive)
        mutants = replace(mutants, alive=alive)
    return replace(attempt, best=replace(attempt.best, code=code), mutants=mutants)


def _mended(bench: Bench, look: Look, attempt: Attempt) -> str:
    best = attempt.best
    source = Source(name=attempt.specification.name, files=best.files, stages=(STAGE,))
    found = parsed(bench.work("tidy", lambda: dumped(look(source))))
    # Whoever looks may answer for other stages as well; those mend nothing here.
    lint = Quality(sides=tuple(s for s in found.sides if s.stage == STAGE))
    return lint.mended.get("plugin.py", best.code).lstrip("\n")


def _is_the_same(session: Session, bench: Bench, attempt: Attempt, code: str) -> bool:
    specification = attempt.specification
    report = bench.judge(
        "judge/tidied",
        "the plugin, tidied",
        {"plugin.py": code},
        attempt.matrix.acceptance.files,
        specification,
    )
    outputs = bench.observe("observe/tidied", code, specification, probes_in(session))
    before = attempt.board.matrix.row(attempt.version).outputs
    return outputs == before and not is_worse(attempt.best.report, report)


def _moved(said: str, old: str, new: str) -> str:
    """Say the line as it is numbered now, without a number if that was changed."""
    found = _LINE.match(said)
    if found is None:
        return said
    lines = SequenceMatcher(None, old.split("\n"), new.split("\n"), autojunk=False)
    for was, now, count in lines.get_matching_blocks():
        ahead = int(found[1]) - 1 - was
        if 0 <= ahead < count:
            return f"line {now + ahead + 1}: {said[found.end() :]}"
    return said[found.end() :]
