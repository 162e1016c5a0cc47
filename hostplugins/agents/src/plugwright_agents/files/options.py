"""What every command for files takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click

from plugwright_agents.choosing import model_options
from plugwright_agents.files.writing import FORMATS
from plugwright_agents.reading import MOST

F = TypeVar("F", bound=Callable[..., object])


@dataclass(frozen=True, kw_only=True)
class Options:
    """What every task has."""

    paths: tuple[str, ...]
    model: str
    money: float | None
    requests: int | None
    per_minute: int | None
    jobs: int
    only: tuple[str, ...]
    without: tuple[str, ...]
    ignored: bool
    most: int
    retry: bool
    afresh: bool
    yes: bool
    dry_run: bool


_COUNT = click.IntRange(min=1)
_MORE = (
    click.option("--requests", type=_COUNT, help="How often a model is asked at most."),
    click.option("--per-minute", type=_COUNT, help="How often in a minute at most."),
    click.option(
        "--jobs",
        type=click.IntRange(1, 256),
        default=4,
        show_default=True,
        help="How many files at a time.",
    ),
    click.option("--only", multiple=True, help="Only files like this: `*.md`."),
    click.option("--without", multiple=True, help="No files like this."),
    click.option("--ignored", is_flag=True, help="Also what git ignores."),
    click.option(
        "--most",
        type=_COUNT,
        default=MOST,
        show_default=True,
        help="Bytes of a file at most.",
    ),
    click.option("--retry", is_flag=True, help="Ask again where the answer was unfit."),
    click.option("--afresh", is_flag=True, help="Ask also what was answered before."),
    click.option("--yes", is_flag=True, help="Begin without asking about the cost."),
)


def options(command: F) -> F:
    """Add what every task has."""
    for option in reversed(_MORE):
        command = option(command)
    return click.argument("paths", nargs=-1, required=True)(model_options(command))


def formats(default: str) -> Callable[[F], F]:
    """Add how and where to what comes of it is written."""

    def add(command: F) -> F:
        command = click.option(
            "--to",
            "form",
            type=click.Choice([*FORMATS]),
            default=default,
            show_default=True,
            help="How to write what comes of it.",
        )(command)
        return click.option(
            "--output", type=Path, help="A file for it, written whole at the end."
        )(command)

    return add
