"""Matrices drawn with letters."""

from __future__ import annotations

import pytest

from plugwright.judging import Verdict
from plugwright_forge.choice import Cell, Entry, Ledger, Matrix, Program, Row, Source

_VERDICTS = {"A": "AC", "W": "WA", "T": "TLE", "S": "SV", "R": "RE"}


@pytest.fixture
def drawn():
    """Draw a matrix: `"AW-"` for each program, one letter per test, `-` if not run."""

    def draw(rows, *, outputs=None, lineages=None, fuel=None, **facts):
        names = list(rows)
        length = len(next(iter(rows.values())))
        probes = len(next(iter(outputs.values()))) if outputs else 0

        def row(name):
            fuels = (fuel or {}).get(name, 10)
            cells = tuple(
                None if v == "-" else Cell(Verdict(_VERDICTS[v]), fuels)
                for v in rows[name]
            )
            known = {fact: values[name] for fact, values in facts.items()}
            lineage = (lineages or {}).get(name, name)
            given = tuple(outputs[name]) if outputs else ()
            return Row(Program(id=name, lineage=lineage, **known), cells, given)

        return Matrix(
            tests=tuple(f"t{i}" for i in range(1, length + 1)),
            probes=tuple(f"p{i}" for i in range(1, probes + 1)),
            rows=tuple(map(row, names)),
        )

    return draw


@pytest.fixture
def trusting():
    """Make a ledger; a test is written blindly unless its source is named."""

    def ledger(matrix, **sources):
        return Ledger(
            tuple(
                Entry(id=test, source=sources.get(test, Source.BLIND))
                for test in matrix.tests
            )
        )

    return ledger
