"""Programs against tests, in a terminal of any width, from a session's log alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from plugwright.cli.rows import Rows
from plugwright.errors import UsageError
from plugwright.judging import Verdict
from plugwright.lines import width
from plugwright.permissions import nearest
from plugwright_forge.board import Board
from plugwright_forge.choice import Cell
from plugwright_forge.delivering.reporting import FILE as REPORT
from plugwright_forge.optimising.keeping import outcome_of
from plugwright_forge.progress import LETTERS, MEANINGS
from plugwright_forge.session import Session

_PIPE = 100
"""Columns where there is no screen that says how many it has."""
_NAME = 24
"""Columns that a test's name has at least."""


def find(root: Path, name: str) -> Session:
    """Open a session by its name, or the newest, finished or not."""
    if name:
        return Session.find(root, name)
    for folder in sorted(root.iterdir(), reverse=True) if root.is_dir() else ():
        if (folder / "events.jsonl").is_file():
            session = Session(folder)
            if session.has("options"):
                return session
    raise UsageError(
        f"there is no session in `{root}`",
        remedy='start one: `plugwright forge "REQUEST"`',
    )


def show(
    session: Session, known: Board, test: str | None, candidate: str | None
) -> None:
    """Write the whole matrix, or why one test or one candidate is where it is."""
    rows = Rows()
    if test is None and candidate is None:
        _overview(rows, session, known)
    if test is not None:
        _explained(rows, known.explain_test(_test(known, test)))
    if candidate is not None:
        id = _candidate(known, candidate)
        _explained(rows, known.explain_candidate(id))
        if origin := _origin(session, id):
            rows.say(f"It was {origin}.", first="  ", rest="    ")
    rows.write()


def _overview(rows: Rows, session: Session, known: Board) -> None:
    ended = session.given("end").get("end")
    rows.say(f"session {session.name}, {ended or 'not finished'}")
    rows.say(session.options.request, first="  ", rest="  ")
    if not known.matrix.rows:
        rows.say("No candidate was written, so there is nothing to compare.")
        return
    rows.say(f"{known.choice.winner} is the best: {known.confidence.in_words()}.")
    rows.say("")
    for line in table(known, width() or _PIPE):
        rows.say(line)
    rows.say(", ".join(f"{LETTERS[v]} {said}" for v, said in _legend(known)))
    rows.say("")
    if made := outcome_of(session):
        rows.say(f"The optimiser was asked in, for {made.reason}", rest="  ")
        for line in made.in_words().split("\n"):
            rows.say(line, first="  ", rest="    ")
        rows.say("")
    if (session.folder / REPORT).is_file():
        rows.say(f"The report, for a browser: {session.folder / REPORT}")
    rows.say("Why a test is trusted: `plugwright forge matrix --test 1`")
    winner = known.choice.winner
    rows.say(
        f"Why a candidate won or lost: `plugwright forge matrix --candidate {winner}`"
    )


def table(known: Board, columns: int) -> Iterator[str]:
    """Write it in blocks that are no wider than the screen."""
    matrix = known.matrix
    cell = max(len(name) for name in matrix.programs) + 1
    room = max((columns - _NAME - 9) // cell, 1)
    for start in range(0, len(matrix.programs), room):
        programs = matrix.programs[start : start + room]
        names = "".join(f"{name:<{cell}}" for name in programs)
        yield f"    trust {names}test"
        for number, test in enumerate(matrix.tests, 1):
            at = number - 1
            letters = "".join(
                f"{_letter(matrix.row(program).cells[at]):<{cell}}"
                for program in programs
            )
            said = test.removeprefix("test_").replace("_", " ")
            line = f"{number:>3} {known.ledger.trust(test):.2f}  {letters}"
            yield _fitted(line + said, columns)
        yield ""


def _origin(session: Session, id: str) -> str:
    step = f"entered/{id.replace('.', '/')}"
    entered = session.given(step).get(step)
    return str(entered.get("origin", "")) if isinstance(entered, dict) else ""


def _letter(cell: Cell | None) -> str:
    return LETTERS[cell.verdict] if cell else "-"


def _fitted(line: str, columns: int) -> str:
    return line if len(line) <= columns else f"{line[: columns - 1]}…"


def _legend(known: Board) -> Iterator[tuple[Verdict, str]]:
    seen = {cell.verdict for row in known.matrix.rows for cell in row.cells if cell}
    for verdict in Verdict:
        if verdict in seen:
            yield verdict, MEANINGS.get(verdict, verdict.value)


def _explained(rows: Rows, text: str) -> None:
    first, *more = text.split("\n")
    rows.say(first, rest="  ")
    for line in more:
        rows.say(line.strip(), first="  ", rest="    ")


def _test(known: Board, wanted: str) -> str:
    tests = [entry.id for entry in known.ledger.entries]
    if wanted.isdecimal() and 0 < int(wanted) <= len(known.matrix.tests):
        return known.matrix.tests[int(wanted) - 1]
    if wanted.isdecimal():
        raise UsageError(
            f"there is no test `{wanted:.80}`",
            remedy=f"they are numbered from 1 to {len(known.matrix.tests)}",
        )
    for name in (wanted, f"test_{wanted}", wanted.rpartition("::")[2]):
        if name in tests:
            return name
    raise _unknown("test", wanted, tests)


def _candidate(known: Board, wanted: str) -> str:
    programs = known.matrix.programs
    if wanted in programs:
        return wanted
    # The last version of a candidate is what became of it.
    versions = [name for name in programs if name.partition(".")[0] == wanted]
    if versions:
        return versions[-1]
    raise _unknown("candidate", wanted, programs)


def _unknown(what: str, wanted: str, known: Sequence[str]) -> UsageError:
    remedy = nearest(wanted, known) if known else f"the session has no {what} yet"
    return UsageError(f"there is no {what} `{wanted:.80}`", remedy=remedy)
