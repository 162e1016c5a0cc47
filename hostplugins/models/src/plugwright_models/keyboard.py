"""Lines from a person: edited, remembered, pasted with all their line breaks.

`readline` does the editing: prompt_toolkit takes fifty times as long to import, and
GNU readline knows brackets around what is pasted since its version 8. Where there is
no `readline`, lines are read as they come. A line that ends with a backslash goes on in
the next one, for terminals without such brackets.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from types import ModuleType

from plugwright_models.history import History

PROMPT = "> "
MORE = ". "


class Keyboard:
    """Whoever types at the terminal."""

    def __init__(self, history: History, commands: Sequence[str]) -> None:
        self._history = history
        self._readline = _readline()
        if self._readline is not None:
            self._prepare(self._readline, commands)
        if hasattr(sys.stdin, "reconfigure"):
            sys.stdin.reconfigure(errors="replace")

    def line(self) -> str:
        """Wait for what a person types. Raises EOFError and KeyboardInterrupt.

        PlugwrightError, if it could not be kept; the line can be had with arrow up.
        """
        text = input(PROMPT)
        while text.endswith("\\"):
            text = f"{text[:-1]}\n{input(MORE)}"
        if text.strip():
            if self._readline is not None:
                self._readline.add_history(text)
            self._history.add(text)
        return text

    def _prepare(self, readline: ModuleType, commands: Sequence[str]) -> None:
        readline.set_auto_history(False)
        readline.clear_history()
        for entry in self._history.entries():
            readline.add_history(entry)

        def complete(text: str, state: int) -> str | None:
            fits = [name for name in commands if name.startswith(text)]
            return fits[state] if text.startswith("/") and state < len(fits) else None

        readline.set_completer(complete)
        readline.set_completer_delims(" ")
        if "libedit" in (readline.__doc__ or ""):
            readline.parse_and_bind("bind ^I rl_complete")
            return
        readline.parse_and_bind("tab: complete")
        is_dumb = os.environ.get("TERM", "dumb") == "dumb"
        brackets = "off" if is_dumb else "on"
        readline.parse_and_bind(f"set enable-bracketed-paste {brackets}")


def _readline() -> ModuleType | None:
    try:
        import readline
    except ImportError:  # Windows
        return None
    return readline
