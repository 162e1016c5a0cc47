"""Asks the person at the terminal whether a tool may be called."""

from __future__ import annotations

import json
import sys
from threading import Lock

from plugwright.agents.tools import Tool
from plugwright.lines import say
from plugwright.providers import ToolCall

LONGEST = 2_000
"""Characters of the arguments that are shown at first; `show` gives all of them."""


class AtTerminal:
    """Asks, and remembers an `always`. Where there is no terminal, the answer is no."""

    def __init__(self) -> None:
        self._always: set[str] = set()
        self._asking = Lock()  # a yes must not be taken for another question's

    def __call__(self, call: ToolCall, tool: Tool) -> bool:
        """Ask until there is an answer; the end of the input is a no."""
        with self._asking:
            return self._asked(call, tool)

    def _asked(self, call: ToolCall, tool: Tool) -> bool:
        if tool.name in self._always:
            return True
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return False
        self._show(call, tool)
        while True:
            print(
                "Call it? yes, no, always, show: ", end="", file=sys.stderr, flush=True
            )
            line = sys.stdin.readline()
            match line.strip().lower():
                case "y" | "yes":
                    return True
                case "a" | "always":
                    self._always.add(tool.name)
                    return True
                case "n" | "no":
                    return False
                case "s" | "show":
                    _lines(_arguments(call))
                case _ if not line:
                    return False

    def _show(self, call: ToolCall, tool: Tool) -> None:
        of = f" of the plugin `{tool.source}`" if tool.source else ""
        _lines(f"The model wants to call `{tool.name}`{of}:")
        text = _arguments(call)
        if (more := len(text) - LONGEST) > 0:
            text = f"{text[:LONGEST]}\n… and {more:,} characters more: type `show`"
        _lines(text)


def _arguments(call: ToolCall) -> str:
    return json.dumps(call.arguments, ensure_ascii=False, indent=2)


def _lines(text: str) -> None:
    from plugwright.sources import plain

    for line in text.splitlines():
        say(plain(line), first="  ", rest="  ", err=True)
