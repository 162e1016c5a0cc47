"""The person at the terminal, and the one who is not there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from rich.console import Console
from rich.prompt import Prompt
from rich.text import Text

from plugwright_forge.answers import Question


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

    def _typed(self) -> str:
        prompt = Text("Your answer")
        return Prompt.ask(
            prompt, console=self._console, default="", show_default=False
        ).strip()


class Absent:
    """Answers nothing."""

    def answer(self, number: int, question: Question) -> str | None:
        """Be silent."""
        return None
