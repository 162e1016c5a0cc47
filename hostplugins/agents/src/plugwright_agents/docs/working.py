"""Finds the docstrings that are missing, and has them written several at a time."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from plugwright_agents.docs.parsing import Item, Module
from plugwright_agents.docs.writing import code_of, missing, prompt
from plugwright_agents.journal import Known
from plugwright_agents.questions import Left, Missed, Questions


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A docstring that is missing."""

    module: Module
    name: str
    item: Item
    prompt: str
    """How it is asked for."""

    @property
    def place(self) -> str:
        """Where it is missing."""
        return f"{self.module.path}:{self.item.line}: {self.name}"


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of one."""

    wanted: Wanted
    doc: str = ""
    why: str = ""
    """Why there is none; empty if there is, or if nobody was asked."""


def wanted(modules: Sequence[Module]) -> list[Wanted]:
    """Find what is missing in some modules."""
    return [
        Wanted(
            module=module,
            name=name,
            item=item,
            prompt=prompt(name, item, code_of(module, item)),
        )
        for module in modules
        for name, item in missing(module)
    ]


def known(each: Wanted, questions: Questions) -> str:
    """Give a docstring that was written before; empty if there is none."""
    found = questions.known(each.prompt)
    return str(found.value) if found and found.state is Known.DONE else ""


def write(
    all: Sequence[Wanted], questions: Questions, jobs: int
) -> Generator[Written, None, None]:
    """Ask for each, and give them in order."""

    def one(each: Wanted) -> Written:
        try:
            return Written(wanted=each, doc=questions.ask(each.prompt))
        except Left:
            return Written(wanted=each)
        except Missed as missed:
            return Written(wanted=each, why=missed.message)

    with closing(questions.each(one, all, jobs)) as outcomes:
        yield from outcomes
