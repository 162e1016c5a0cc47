"""Programs against tests: verdicts, fuel, and what each program gives for each probe.

A *probe* is an input that a program was run on without anybody saying what is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from plugwright.judging import Verdict

T = TypeVar("T")
Ran: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""The tests that a program passes, and those that were run on it and that it fails."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """One version of one candidate, and what is known without running it."""

    id: str
    lineage: str
    """The candidate that it is a version of: all versions together have one voice.
    Empty for one that a better version speaks for."""
    size: int = 0
    """How much there is to read, in whatever unit; the same for all."""
    findings: int = 0
    """What the quality stages found to mend."""
    mutation: float | None = None
    """The share of mutants of it that its tests kill, if that was measured."""


@dataclass(frozen=True)
class Cell:
    """How one test went for one program."""

    verdict: Verdict
    fuel: int = 0

    @cached_property
    def passed(self) -> bool:
        """Whether the test was content."""
        return self.verdict is Verdict.AC


@dataclass(frozen=True)
class Row:
    """One program, in the order of the matrix's tests and probes."""

    program: Program
    cells: tuple[Cell | None, ...]
    """None where a test was not run on it."""
    outputs: tuple[str | None, ...] = ()
    """What it gave for each probe, an error included; None where it was not run."""
    ran: Ran | None = field(default=None, repr=False, compare=False)
    """What follows from the cells, if somebody worked it out already."""

    def with_cell(self, test: str, cell: Cell | None) -> Row:
        """Add how a test went."""
        cells, ran = (*self.cells, cell), self.ran
        if ran is not None and cell is not None:
            more = frozenset((test,))
            passed, failed = ran
            ran = (passed | more, failed) if cell.passed else (passed, failed | more)
        return Row(self.program, cells, self.outputs, ran)


def ran(tests: Iterable[str], cells: Iterable[Cell | None]) -> Ran:
    """Divide tests by how they went; those that were not run are in neither part."""
    passed: list[str] = []
    failed: list[str] = []
    for test, cell in zip(tests, cells, strict=True):
        if cell is not None:
            (passed if cell.passed else failed).append(test)
    return frozenset(passed), frozenset(failed)


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """All programs and all tests."""

    tests: tuple[str, ...]
    probes: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        for names in (self.tests, self.probes, self.programs):
            if len(set(names)) < len(names):
                raise ValueError(f"a name is there twice: {', '.join(names)}")
        for row in self.rows:
            if (len(row.cells), len(row.outputs)) != (
                len(self.tests),
                len(self.probes),
            ):
                raise ValueError(
                    f"`{row.program.id}` has {len(row.cells)} verdicts and "
                    f"{len(row.outputs)} outputs for {len(self.tests)} tests and "
                    f"{len(self.probes)} probes"
                )

    @property
    def programs(self) -> tuple[str, ...]:
        """Give the ids of the programs, in order."""
        return tuple(row.program.id for row in self.rows)

    @property
    def voices(self) -> int:
        """Count the independent candidates."""
        return len({row.program.lineage for row in self.rows} - {""})

    def row(self, program: str) -> Row:
        """Give the row of a program."""
        return self._by_program[program]

    def passed(self, program: str) -> frozenset[str]:
        """Give the tests that a program passes."""
        return self._run[program][0]

    def failed(self, program: str) -> frozenset[str]:
        """Give the tests that were run on a program and that it does not pass."""
        return self._run[program][1]

    def with_row(self, row: Row) -> Matrix:
        """Add a program."""
        return replace(self, rows=(*self.rows, row))

    def with_test(self, test: str, cells: Iterable[Cell | None]) -> Matrix:
        """Add a test, with how it went for each program in order."""
        rows = tuple(
            row.with_cell(test, cell)
            for row, cell in zip(self.rows, cells, strict=True)
        )
        return replace(self, tests=(*self.tests, test), rows=rows)

    def with_answer(
        self, test: str, probe: str, output: str, *, wanted: bool = True
    ) -> Matrix:
        """Make a test of a probe whose output a person wants, or does not want."""
        at = self.probes.index(probe)

        def cell(row: Row) -> Cell | None:
            if row.outputs[at] is None:
                return None
            as_told = (row.outputs[at] == output) is wanted
            return Cell(Verdict.AC if as_told else Verdict.WA)

        return self.with_test(test, map(cell, self.rows))

    def once(self, what: object, compute: Callable[[], T]) -> T:
        """Work out something that follows from the matrix, and not a second time."""
        if what not in self._worked_out:
            self._worked_out[what] = compute()
        found: T = self._worked_out[what]
        return found

    @cached_property
    def _worked_out(self) -> dict[object, Any]:
        return {}

    @cached_property
    def _by_program(self) -> dict[str, Row]:
        return {row.program.id: row for row in self.rows}

    @cached_property
    def _run(self) -> dict[str, Ran]:
        return {
            row.program.id: row.ran or ran(self.tests, row.cells) for row in self.rows
        }
