"""A person at the keyboard, asked in the terminal."""

from __future__ import annotations

import sys
from threading import Lock
from typing import TextIO

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from plugwright.errors import UsageError
from plugwright.providers import Completion, Provider, Request
from plugwright_cassette.prompt import title_of, told, wishes

END = "."
"""The line that ends an answer."""


class Terminal:
    """Somebody who reads prompts on a screen and types answers."""

    name = "hand"

    def __init__(self, keyboard: TextIO, screen: Console) -> None:
        self._keyboard = keyboard
        self._screen = screen
        self._lock = Lock()

    def complete(self, request: Request) -> Completion:
        """Show the prompt and read the answer; one question at a time."""
        with self._lock:
            self._show(request)
            return Completion(text=self._read())

    def _show(self, request: Request) -> None:
        self._screen.rule(Text(f"{request.role} · {request.template}"))
        for message in request.messages:
            # Text, because a string would have its [brackets] read as markup.
            title = Text(title_of(message))
            panel = Panel(Text(told(message)), title=title, title_align="left")
            self._screen.print(panel)
        for name, text in wishes(request):
            self._screen.print(Text(f"{name}: {text}"))
        self._screen.print(f"Type the answer; end it with a line that is only {END}")

    def _read(self) -> str:
        lines: list[str] = []
        for line in iter(self._keyboard.readline, ""):
            if line.rstrip("\r\n") != END:
                lines.append(line)
            elif _is_typed(lines):
                break
        if not _is_typed(lines):
            raise UsageError(
                "the input ended before an answer was typed",
                remedy="type an answer, or let files answer: `hand:FOLDER`",
            )
        return "".join(lines).removesuffix("\n")


def open_terminal() -> Provider:
    """Open what `hand` alone names: the person at this terminal."""
    # Python has no standard input at all when started without a console.
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            "`hand` needs a terminal to ask in, and there is none",
            remedy="write `hand:FOLDER` to be asked in files",
        )
    return Terminal(sys.stdin, Console(stderr=True))


def _is_typed(lines: list[str]) -> bool:
    return any(line.strip() for line in lines)
