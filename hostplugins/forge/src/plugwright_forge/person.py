"""The person at the terminal, and the one who is not there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.prompt import Prompt
from rich.text import Text

from plugwright.amounts import number_of
from plugwright.sandboxes import JSON
from plugwright_forge import shown
from plugwright_forge.answers import Question
from plugwright_forge.example_cards import REFUSAL, ExampleCard
from plugwright_forge.interview import Person
from plugwright_forge.session import Session
from plugwright_forge.tables import INDENT, drawn


class AtTerminal:
    """Asks in the terminal; Enter takes the default."""

    def __init__(
        self, console: Console, pause: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._console = console
        self._pause = pause

    def answer(self, number: int, question: Question) -> str | None:
        """Ask one question; a closed terminal is nobody."""
        with self._pause():
            self._console.print(Text(f"\n{number}. {question.question}", style="bold"))
            self._console.print(Text(question.implication, style="dim"))
            self._console.print(Text(f"Enter for: {question.default}", style="dim"))
            # Text, not markup: a question may well have square brackets.
            try:
                return self._typed() or question.default
            except EOFError:
                return None

    def card(self, number: int, card: ExampleCard) -> str | None:
        """Show one example; a closed terminal is nobody."""
        with self._pause():
            self._console.print(
                Text(f"\nExample {number}: {card.command}", style="bold")
            )
            given, result = shown.arguments(card.input), shown.result(card.output)
            self._say("With", given)
            if card.output == REFUSAL:
                self._console.print(Text("it would refuse that"))
            else:
                self._say("it would give", result)
            self._console.print(Text(_how_many(card), style="dim"))
            if not isinstance(result, str):
                typed = f"To change it, type it like this: {card.output}"
                self._console.print(Text(typed, style="dim"))
            try:
                return self._typed("Is that right?")
            except EOFError:
                return None

    def _say(self, what: str, value: JSON) -> None:
        if isinstance(value, str):
            self._console.print(Text(f"{what} {value}"))
            return
        self._console.print(Text(what))
        self._console.print(Padding(drawn(value), INDENT))

    def specification(self, file: Path, problem: str) -> bool:
        """Have the document read; a closed terminal is nobody."""
        with self._pause():
            if problem:
                self._console.print(Text(problem, style="red"))
            said = "\nWhat the plugin is to be is written down in"
            self._console.print(Text(said), Text(str(file), style="bold"))
            how = "Read it, change what is not right, save, and press Enter here."
            self._console.print(Text(how, style="dim"))
            try:
                self._typed("Enter when it says what you want")
            except EOFError:
                return False
        return True

    def _typed(self, question: str = "Your answer") -> str:
        prompt = Text(question)
        return Prompt.ask(
            prompt, console=self._console, default="", show_default=False
        ).strip()


def _how_many(card: ExampleCard) -> str:
    others = number_of("other answer", card.others)
    are = "is" if card.others == 1 else "are"
    return (
        f"The candidates differ here: there {are} {others}. Say yes or no, type the "
        "right answer, or Enter if you don't know."
    )


class OffTheClock:
    """Any of them, for as long as they like: their time is not the forge's."""

    def __init__(self, person: Person, session: Session) -> None:
        self._person = person
        self._session = session

    def answer(self, number: int, question: Question) -> str | None:
        """Wait for an answer."""
        with self._session.waiting():
            return self._person.answer(number, question)

    def card(self, number: int, card: ExampleCard) -> str | None:
        """Wait for what is said of an example."""
        with self._session.waiting():
            return self._person.card(number, card)

    def specification(self, file: Path, problem: str) -> bool:
        """Wait until the document is read."""
        with self._session.waiting():
            return self._person.specification(file, problem)


class Absent:
    """Answers nothing."""

    def card(self, number: int, card: ExampleCard) -> str | None:
        """Be silent."""
        return None

    def specification(self, file: Path, problem: str) -> bool:
        """Read nothing."""
        return False

    def answer(self, number: int, question: Question) -> str | None:
        """Be silent."""
        return None
