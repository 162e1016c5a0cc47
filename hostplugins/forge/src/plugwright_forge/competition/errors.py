"""What kind of failure it is, which says what to do about it."""

from __future__ import annotations

import re
from itertools import islice

from plugwright.judging import Verdict
from plugwright_forge.fixing import Fix, fixes
from plugwright_forge.matrix import Matrix, Trial

MOST_FIXES = 4
_FORM = re.compile(
    r"NameError|ImportError|ModuleNotFoundError|SyntaxError|IndentationError"
    r"|AttributeError|is not Python|is not defined|No module named"
)
_REFUSAL = re.compile(r"InputError|DID NOT RAISE")
_SMALL = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)b(?![a-z0-9])", re.IGNORECASE)
SMALLEST = 2.0
"""Billions of parameters; up to here a repair gains nothing."""


def is_of_form(trial: Trial) -> bool:
    """Tell whether it fails for names, syntax or imports, and not for wrong answers."""
    failed = [r for r in trial.report.results if r.verdict is not Verdict.AC]
    if not trial.loads or trial.problems:
        return True
    return any(
        result.verdict is Verdict.RE and _FORM.search(result.message)
        for result in failed
    )


def is_small(model: str) -> bool:
    """Tell whether a model's name says that it is one of the smallest."""
    found = _SMALL.search(model)
    return found is not None and float(found[1]) <= SMALLEST


def mends(trial: Trial, matrix: Matrix) -> tuple[Fix, ...]:
    """Give the fixes by rule that its failures call for."""
    failed = matrix.failures(trial)
    if not failed:
        return ()
    said = " ".join(result.message for result in failed)
    if _FORM.search(said) or not trial.loads:
        return tuple(fix for fix in fixes(trial.code) if fix.name == "imports")
    # Who fails on an input was perhaps to refuse it.
    if _REFUSAL.search(said) or any(r.verdict is Verdict.RE for r in failed):
        found = (fix for fix in fixes(trial.code) if fix.name != "imports")
        return tuple(islice(found, MOST_FIXES))
    return ()
