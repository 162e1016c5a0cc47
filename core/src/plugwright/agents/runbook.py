"""The file of all runs: what was said, what it cost, and where it hurt."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from plugwright.agents.limits import Spent
from plugwright.agents.runfile import MIGRATIONS
from plugwright.database import Database
from plugwright.errors import UsageError
from plugwright.providers import Completion, Finish, ToolCall
from plugwright.redaction import redact

_FACTS = tuple(name for name in Completion.__dataclass_fields__ if name != "text")
_SPENT = (
    "UPDATE runs SET requests = ?, tokens_in = ?, tokens_out = ?, tokens_cached = ?,"
    " tool_calls = ?, seconds = ?, money = ? WHERE id = ?"
)


@dataclass(frozen=True)
class Entry:
    """One thing that happened in a run."""

    n: int
    kind: str
    role: str
    text: str
    facts: Mapping[str, Any]
    at: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Row:
    """A run, as a list shows it."""

    id: str
    agent: str
    model: str
    made_by: str
    state: str
    process: str
    """Its number and when it began: numbers are used again."""
    began: float
    ended: float
    why: str
    spent: Spent

    @property
    def is_going_on(self) -> bool:
        """Whether some process is at it now."""
        return self.state == "running" and _is_alive(self.process)

    @property
    def state_in_words(self) -> str:
        """Say what became of it; a process that died could not say it itself."""
        was_killed = self.state == "running" and not self.is_going_on
        return "killed" if was_killed else self.state


class RunBook:
    """All runs of one home. May be used from several threads and processes."""

    def __init__(self, path: Path) -> None:
        self._database = Database(
            path,
            migrations=MIGRATIONS,
            without_copy="a new one is begun; the runs in the old one are lost",
        )

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    # Writing.

    def begin(self, id: str, agent: str, model: str, made_by: str) -> None:
        """Note that a run begins."""
        self._database.jot(
            "INSERT INTO runs (id, agent, model, made_by, state, process, began)"
            " VALUES (?, ?, ?, ?, 'running', ?, ?)",
            (id, agent, model, clean(made_by), _process(os.getpid()), time.time()),
        )
        _mine.add(id)

    def claim(self, id: str) -> None:
        """Begin to go on with a run; nobody else may be at it."""
        me = _process(os.getpid())
        with self._database.transaction() as connection:
            row = self.row(id)
            if row.is_going_on and (row.process != me or id in _mine):
                raise UsageError(
                    f"the run `{id}` is going on (process {row.process.split(':')[0]})",
                    remedy="wait until it ends, or end that process",
                )
            connection.execute(
                "UPDATE runs SET state = 'running', process = ?, ended = 0, why = ''"
                " WHERE id = ?",
                (me, id),
            )
        _mine.add(id)

    def note(self, run: str, entries: Sequence[Entry]) -> None:
        """Write down entries that need not wait for the disk."""
        for some in (entries[n : n + 100] for n in range(0, len(entries), 100)):
            self._database.jot(*_telling(run, some))

    def answered(self, run: str, entries: Sequence[Entry], spent: Spent) -> None:
        """Write down an answer; when this returns, the disk has it."""
        telling = _telling(run, entries)
        with self._database.transaction() as connection:
            connection.execute(*telling)
            connection.execute(_SPENT, (*_amounts(spent), run))

    def has(self, run: str, n: int) -> bool:
        """Tell whether an entry is written down."""
        found = self._database.read(
            "SELECT 1 FROM entries WHERE run = ? AND n = ?", (run, n)
        )
        return bool(found)

    def end(self, run: str, state: str, why: str, spent: Spent) -> None:
        """Note how a run ended."""
        _mine.discard(run)
        self._database.jot(
            f"{_SPENT.removesuffix('WHERE id = ?')}, state = ?, ended = ?, why = ?"
            " WHERE id = ?",
            (*_amounts(spent), state, time.time(), clean(why), run),
        )

    def hurt(
        self, run: str, agent: str, kind: str, what: str, seconds: float, tokens: int
    ) -> None:
        """Count a pain."""
        self._database.jot(
            "INSERT INTO pains (at, run, agent, kind, what, seconds, tokens)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (time.time(), run, agent, kind, clean(what)[:500], seconds, tokens),
        )

    # Reading.

    def rows(self, limit: int = 20, agent: str = "") -> list[Row]:
        """Give the runs, the newest first."""
        found = self._database.read(
            "SELECT * FROM runs WHERE ? IN ('', agent) ORDER BY began DESC, id DESC"
            " LIMIT ?",
            (agent, limit),
        )
        return [_row(each) for each in found]

    def row(self, id: str) -> Row:
        """Find a run by its id or the beginning of it; `last` is the newest."""
        if id == "last":
            found = self._database.read(
                "SELECT * FROM runs ORDER BY began DESC LIMIT 1"
            )
        else:
            found = self._database.read(
                "SELECT * FROM runs WHERE substr(id, 1, ?) = ? ORDER BY began DESC",
                (len(id), id),
            )
        if not id or not found:
            raise UsageError(
                f"there is no run `{id:.80}`", remedy="`plugwright runs` lists them"
            )
        if len(found) > 1:
            raise UsageError(
                f"`{id}` are the first letters of {len(found)} runs",
                remedy="type more of it",
            )
        return _row(found[0])

    def entries(self, run: str) -> list[Entry]:
        """Give everything that happened in a run."""
        found = self._database.read(
            "SELECT n, kind, role, text, facts, at FROM told WHERE run = ? ORDER BY n",
            (run,),
        )
        return [
            Entry(n, kind, role, text, json.loads(facts), at)
            for n, kind, role, text, facts, at in found
        ]

    def pains(self, run: str = "") -> list[tuple[Any, ...]]:
        """Give all pains: when, run, agent, kind, what, seconds, tokens."""
        return self._database.read(
            "SELECT at, run, agent, kind, what, seconds, tokens FROM pains"
            " WHERE ? IN ('', run) ORDER BY id",
            (run,),
        )

    def count(self, agent: str = "") -> int:
        """Count the runs."""
        found = self._database.read(
            "SELECT count(*) FROM runs WHERE ? IN ('', agent)", (agent,)
        )
        return int(found[0][0]) if found else 0


def facts_of(completion: Completion) -> dict[str, Any]:
    """Write what there is of an answer beside its text."""
    # `asdict` copies everything, which takes longer than to write it.
    facts = {name: getattr(completion, name) for name in _FACTS}
    facts["calls"] = written(completion.calls)
    return facts


def written(calls: Sequence[ToolCall]) -> list[dict[str, Any]]:
    """Write the calls that a model wants."""
    return [
        {"id": call.id, "name": call.name, "arguments": call.arguments}
        for call in calls
    ]


def completion_of(entry: Entry) -> Completion:
    """Read an answer."""
    facts = dict(entry.facts["completion"])
    facts["calls"] = calls_in(facts)
    return Completion(text=entry.text, **{**facts, "finish": Finish(facts["finish"])})


def calls_in(facts: Mapping[str, Any]) -> tuple[ToolCall, ...]:
    """Read the calls that a model wanted."""
    return tuple(ToolCall(**each) for each in facts.get("calls", ()))


def as_json(value: object) -> str:
    """Write JSON, the same for the same."""
    return _ENCODER.encode(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@contextmanager
def opened(path: Path) -> Iterator[RunBook]:
    """Have the book for a while."""
    book = RunBook(path)
    try:
        yield book
    finally:
        book.close()


def _telling(run: str, entries: Sequence[Entry]) -> tuple[str, list[Any]]:
    rows = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(entries))
    values: list[Any] = []
    now = time.time()
    for entry in entries:
        text = clean(entry.text)
        facts = clean(as_json(entry.facts)) if entry.facts else "{}"
        hash = sha256(text.encode()).digest()
        values += (run, entry.n, entry.kind, entry.role, hash, text, facts, now)
    return f"INSERT INTO told VALUES {rows}", values


def clean(text: str) -> str:
    """Hide secrets, and replace what is no character: SQLite keeps UTF-8."""
    shown = redact(text)
    return shown if shown.isascii() else shown.encode("utf-8", "replace").decode()


def _amounts(spent: Spent) -> tuple[Any, ...]:
    return (
        spent.requests,
        spent.tokens_in,
        spent.tokens_out,
        spent.tokens_cached,
        spent.tool_calls,
        spent.seconds,
        spent.money,
    )


def _row(found: Sequence[Any]) -> Row:
    id, agent, model, made_by, state, process, began, ended, why, *amounts = found
    requests, tokens_in, tokens_out, tokens_cached, tool_calls, seconds, money = amounts
    return Row(
        id=id,
        agent=agent,
        model=model,
        made_by=made_by,
        state=state,
        process=process,
        began=began,
        ended=ended,
        why=why,
        spent=Spent(
            requests=requests,
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            tokens_cached=tokens_cached,
            tool_calls=tool_calls,
            seconds=seconds,
            money=money,
        ),
    )


_mine: set[str] = set()
"""The runs that this process is at."""


@cache
def _process(number: int) -> str:
    """Name a process, so that a later one of the same number has another name."""
    try:
        # Field 22 is when it began; the name before it may hold anything.
        stat = Path(f"/proc/{number}/stat").read_text("utf-8", "replace")
        return f"{number}:{stat.rpartition(')')[2].split()[19]}"
    except (OSError, IndexError):  # not on every system
        return f"{number}:"


def _is_alive(process: str) -> bool:
    number = int(process.partition(":")[0])
    if os.name != "posix":
        return number == os.getpid()  # Windows would end it instead of asking
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is somebody else's, and alive
    return _process.__wrapped__(number) == process  # others come and go
