"""What a linter mends by itself, taken over if every test still says the same.

Models leave imports behind that nothing uses, and so does the synthesiser's frame.
"""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import SequenceMatcher

from plugwright.quality import Source, is_worse
from plugwright_forge.bench import Bench
from plugwright_forge.delivering.stages import Look, dumped, parsed
from plugwright_forge.product import Attempt

STAGE = "lint"
_LINE = re.compile(r"line (\d+)")


def tidied(bench: Bench, look: Look, attempt: Attempt) -> Attempt:
    """Mend what is safe to mend; whatever fails a test then is left as it was."""
    best, specification = attempt.best, attempt.specification
    source = Source(name=specification.name, files=best.files, stages=(STAGE,))
    found = bench.work("tidy", lambda: dumped(look(source)), last=True)
    code = parsed(found).mended.get("plugin.py", best.code).lstrip("\n")
    if code == best.code:
        return attempt
    report = bench.judge(
        "judge/tidied",
        "the plugin, tidied",
        {"plugin.py": code},
        attempt.matrix.acceptance.files,
        specification,
        last=True,
    )
    if is_worse(best.report, report):
        return attempt
    mutants = attempt.mutants
    if mutants:
        alive = tuple(_moved(said, best.code, code) for said in mutants.alive)
        mutants = replace(mutants, alive=alive)
    tidy = replace(best, code=code, report=report)
    return replace(attempt, best=tidy, mutants=mutants)


def _moved(said: str, old: str, new: str) -> str:
    """Say the line as it is numbered now; what was changed itself keeps its number."""
    found = _LINE.match(said)
    if found is None:
        return said
    lines = SequenceMatcher(None, old.split("\n"), new.split("\n"), autojunk=False)
    for was, now, count in lines.get_matching_blocks():
        ahead = int(found[1]) - 1 - was
        if 0 <= ahead < count:
            return f"line {now + ahead + 1}{said[found.end() :]}"
    return said
