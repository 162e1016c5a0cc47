"""Asks a person about one change after the other."""

from __future__ import annotations

import click


class Enough(Exception):
    """The person wants to be asked no more."""


class Approving:
    """Somebody at a terminal; who says “all” is not asked again."""

    def __init__(self, *, is_all: bool = False) -> None:
        self._is_all = is_all

    def approve(self, question: str) -> bool:
        """Ask. Raises `Enough` if nothing more is to be asked."""
        if self._is_all:
            return True
        said = click.prompt(
            question,
            type=click.Choice(["y", "n", "all", "quit"], case_sensitive=False),
            default="n",
            err=True,
        )
        if said == "quit":
            raise Enough
        self._is_all = said == "all"
        return said in ("y", "all")
