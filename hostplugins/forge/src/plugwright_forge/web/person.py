"""The person at the page: the same questions as at the terminal, answered in place."""

from __future__ import annotations

import json
from pathlib import Path

from plugwright.errors import UsageError
from plugwright.home import write_atomically
from plugwright.sandboxes import JSON
from plugwright_forge import shown
from plugwright_forge.answers import Question
from plugwright_forge.example_cards import NO, REFUSES, UNKNOWN, YES, ExampleCard
from plugwright_forge.specification.document import loads
from plugwright_forge.web.desk import Desk


class AtPage:
    """Asks on the page, and waits for as long as it takes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def answer(self, number: int, question: Question) -> str | None:
        """Ask one question."""
        said = self._desk.ask(
            "question",
            ("default", "text", "unknown"),
            number=number,
            question=question.question,
            level=question.level.value,
            implication=question.implication,
            default=question.default,
        )
        return said.text.strip() or question.default

    def card(self, number: int, card: ExampleCard) -> str | None:
        """Show one example."""
        said = self._desk.ask(
            "example",
            ("yes", "no", "refuse", "unknown", "text"),
            number=number,
            command=card.command,
            input=shown.arguments(card.input),
            output=shown.result(card.output),
            draft=shown.draft(card.output),
            others=card.others,
        )
        match said.choice:
            case "text":
                return _as_answer(said.text)
            case "unknown":
                return ""
            case choice:
                return choice

    def specification(self, file: Path, problem: str) -> bool:
        """Have the document read, and changed in place."""
        if problem:
            self._desk.turn_down(problem)
        text = file.read_text("utf-8")
        said = self._desk.ask(
            "specification",
            ("approve", "text"),
            problem=problem,
            text=text,
            document=_read(text),
        )
        if said.choice == "text":
            write_atomically(file, said.text.encode("utf-8", "replace"))
        return True


def _as_answer(text: str) -> str:
    """Write a typed answer so that it is read as the answer, and not as yes or no."""
    words = " ".join(text.strip().rstrip(".!").casefold().split())
    if words in (*YES, *NO, *UNKNOWN, *REFUSES):
        return json.dumps(text.strip())
    return text


def _read(text: str) -> JSON:
    try:
        return loads(text).dump()
    except UsageError:
        return None  # what is wrong with it is said beside it
