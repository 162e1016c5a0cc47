"""What a programmer is told about a failure: the same words on every machine.

Never fuel, times or addresses: a recording's key is made of these words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from plugwright.judging import TestResult, Verdict
from plugwright_forge.matrix import Matrix, Trial
from plugwright_forge.wording import bullets

MOST_FAILURES = 8
LONGEST_MESSAGE = 600

_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_STOPPED = {
    # Which of two clocks ran out first is the machine's business.
    Verdict.TLE: "it ran too long: an endless loop, or far too slow",
    Verdict.MLE: "it used too much memory",
    Verdict.OLE: "it printed, sent or asked the host too much",
    Verdict.IE: "the judge could not run it",
}


def evidence(matrix: Matrix, trial: Trial, beside: Sequence[str] = ()) -> str:
    """Write what failed, and why; `beside` is what no test says."""
    failures = matrix.failures(trial)
    lines = [_line(result) for result in failures[:MOST_FAILURES]]
    if hidden := len(failures) - len(lines):
        lines.append(f"and {hidden} more")
    return bullets([*lines, *beside, *trial.problems])


def _line(result: TestResult) -> str:
    message = _STOPPED.get(result.verdict, result.message)
    plain = _ADDRESS.sub("0x…", message)[:LONGEST_MESSAGE].replace("\n", "\n  ")
    return f"{result.test}: {result.verdict}: {plain}"
