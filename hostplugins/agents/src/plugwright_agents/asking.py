"""What the commands say to a person, and how they ask one."""

from __future__ import annotations

import sys

import click

from plugwright.agents import Spent
from plugwright.errors import PlugwrightError
from plugwright.lines import say
from plugwright.sources import plain

NOT_ALL = 3
"""The exit code where all went well, but something was passed over."""


class Interrupted(PlugwrightError):
    """The person at the keyboard has had enough."""

    exit_code = 130


def agreed(question: str) -> bool:
    """Ask the person at the terminal; where there is none, the answer is no."""
    return is_somebody_here() and click.confirm(question, default=False, err=True)


def is_somebody_here() -> bool:
    """Tell whether there is a person who can be asked; output may go elsewhere."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def tell_spent(spent: Spent) -> None:
    """Say what was used up."""
    cost = f"; cost ${spent.money:.2g}" if spent.money else ""
    say(
        f"{spent.tokens_in:,} tokens in, {spent.tokens_out:,} out{cost}",
        err=True,
    )


def tell(text: str) -> None:
    """Say a line about the work, beside what may be piped."""
    say(plain(text), rest="  ", err=True)


def fenced(name: str, text: str) -> str:
    """Put material between two marks that do not stand in it, and leave it as it is."""
    mark, number = name, 1
    while f"<{mark}>" in text or f"</{mark}>" in text:
        number += 1
        mark = f"{name}-{number}"
    return f"<{mark}>\n{text}\n</{mark}>"
