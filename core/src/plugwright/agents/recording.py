"""Writes a run into the book, and reads there how far it came."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from plugwright.agents.limits import Spent
from plugwright.agents.records import Records
from plugwright.agents.runbook import (
    Entry,
    RunBook,
    as_json,
    calls_in,
    clean,
    completion_of,
    facts_of,
    written,
)
from plugwright.providers import Completion, Message, Request, Sampling, ToolCall


class Recorded(Records):
    """A run that is in the book: a new one, or one that goes on."""

    def __init__(self, book: RunBook, id: str, agent: str, *, is_direct: bool) -> None:
        super().__init__()
        self.id = id
        self._book = book
        self._agent = agent
        self._is_direct = is_direct
        """Whether nobody makes anything else of an answer, so that it is used as is."""
        self._n = 0
        self._waiting: list[Entry] = []
        """What is written before anything begins that may take long, or end badly."""
        self._frame = ""
        self._framed: tuple[Any, ...] = ()
        self._spare: deque[tuple[str, Completion]] = deque()
        self._is_lost = False
        """Whether the first open call had begun when the process died."""
        self._is_in_doubt = False

    def take(self, entries: Sequence[Entry], spent: Spent) -> None:
        """Remember what happened before."""
        self.spent = spent
        for entry in entries:
            self._n = entry.n
            if entry.kind == "frame":
                self._frame = entry.text
            elif entry.kind == "answer":
                self._spare.append((entry.facts["key"], completion_of(entry)))
            elif entry.kind == "began":
                self._is_lost = True
            self._is_in_doubt = entry.kind == "asked"
            if (message := message_of(entry)) is not None:
                self.messages.append(message)
                self.repairs += entry.kind == "again"
                self._is_lost = False
                self._spare.clear()

    def said(self, message: Message, kind: str) -> None:
        """Keep a message."""
        facts: dict[str, Any] = {}
        if message.answers:
            facts["answers"] = message.answers
        if message.calls:
            facts["calls"] = written(message.calls)
        self._is_lost = False
        self._note(kind, message.role, message.content, facts)

    def known(self, request: Request) -> Completion | None:
        """Give an answer that nobody used before the process died."""
        if not self._spare:
            return None
        key = key_of(request, self._framed_as(request))
        for each in self._spare:
            if each[0] == key:
                self._spare.remove(each)
                return each[1]
        return None

    def asked(self, request: Request) -> str:
        """Keep it before it may cost anything."""
        key = key_of(request, self._framed_as(request))
        self._note("asked", "", "", {})
        self._write()
        self._is_in_doubt = False
        return sha256(f"{self.id} {key}".encode()).hexdigest()[:32]

    @property
    def is_in_doubt(self) -> bool:
        """Whether the last that is known of it is that it asked."""
        return self._is_in_doubt

    def answered(
        self, request: Request, completion: Completion, cost: float, spent: Spent
    ) -> None:
        """Have it on the disk before anybody uses it."""
        frame = self._framed_as(request)
        if frame != self._frame:
            self._frame = frame
            self._note("frame", "", frame, {})
        self._n += 1
        facts = {
            "key": key_of(request, frame),
            "completion": facts_of(completion),
            "cost": cost,
            "used": self._is_direct,
        }
        self._waiting.append(
            Entry(self._n, "answer", "assistant", completion.text, facts)
        )
        try:
            self._book.answered(self.id, self._waiting, spent)
        except KeyboardInterrupt:
            # Ctrl-C came just now; the answer is paid for.
            if not self._book.has(self.id, self._n):
                self._book.answered(self.id, self._waiting, spent)
            self._waiting.clear()
            raise
        self._waiting.clear()

    def used(self, completion: Completion) -> None:
        """Keep what the abilities made of the answer."""
        if not self._is_direct:
            facts = {"calls": written(completion.calls)} if completion.calls else {}
            self._note("used", "assistant", completion.text, facts)

    def broke_off(self, text: str) -> None:
        """Keep how far an answer came."""
        self._note("partial", "assistant", text, {})
        if text:
            self._write()

    def told(self, call: ToolCall) -> str | None:
        """Know nothing: what a tool said is among the messages."""
        self._write()
        return None

    def may_begin(self, call: ToolCall) -> bool:
        """Refuse the call that was under way when the process died."""
        if self._is_lost:
            self._is_lost = False
            return False
        self._note("began", "tool", "", {"call": call.id, "name": call.name})
        self._write()
        return True

    def hurt(self, kind: str, what: str, seconds: float = 0.0, tokens: int = 0) -> None:
        """Count a pain."""
        self._book.hurt(self.id, self._agent, kind, what, seconds, tokens)

    def ended(self, state: str, why: str, spent: Spent) -> None:
        """Keep how it ended."""
        try:
            self._write()
        finally:
            self._book.end(self.id, state, why, spent)

    def _note(self, kind: str, role: str, text: str, facts: dict[str, Any]) -> None:
        self._n += 1
        self._waiting.append(Entry(self._n, kind, role, text, facts))

    def _write(self) -> None:
        if self._waiting:
            self._book.note(self.id, self._waiting)
            self._waiting.clear()

    def _framed_as(self, request: Request) -> str:
        parts = (request.tools, request.schema, request.sampling, request.grammar)
        known = self._framed
        if not known or any(a is not b for a, b in zip(parts, known, strict=False)):
            self._framed = (*parts, frame_of(request))
        frame: str = self._framed[-1]
        return frame


def message_of(entry: Entry) -> Message | None:
    """Give the message that an entry adds to the conversation, if it is one."""
    match entry.kind:
        case "said" | "again" | "used" | "tool":
            calls = calls_in(entry.facts)
        case "answer" if entry.facts["used"]:
            calls = calls_in(entry.facts["completion"])
        case _:
            return None
    answers = entry.facts.get("answers", "")
    return Message(entry.role, entry.text, calls, answers)  # type: ignore[arg-type]


def frame_of(request: Request) -> str:
    """Write what is around the messages of a request."""
    # `asdict` copies everything, which takes longer than to write it. How long an
    # answer may be is left out: what is left of a limit is another each time.
    sampling = {
        name: getattr(request.sampling, name)
        for name in Sampling.__dataclass_fields__
        if name != "max_tokens"
    }
    # Left out where there is none, so that older records stay good.
    grammar = {"grammar": request.grammar} if request.grammar else {}
    return as_json(
        {
            "tools": [
                {
                    "name": tool.name,
                    "summary": tool.summary,
                    "parameters": tool.parameters,
                }
                for tool in request.tools
            ],
            "schema": request.schema,
            "sampling": sampling,
            **grammar,
        }
    )


def key_of(request: Request, frame: str) -> str:
    """Compute what is the same for the same question."""
    hash = sha256(clean(frame).encode())
    for message in request.messages:
        calls = as_json(written(message.calls)) if message.calls else ""
        for part in (message.role, message.content, calls, message.answers):
            raw = clean(part).encode()
            hash.update(b"%d:" % len(raw))
            hash.update(raw)
    return hash.hexdigest()
