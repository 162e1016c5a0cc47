"""The options of a forge session as they are typed, and what they become."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

import click

from plugwright.errors import UsageError
from plugwright.permissions import Permission
from plugwright_forge.autonomy import Autonomy
from plugwright_forge.budget import Budget
from plugwright_forge.models import VARIABLE
from plugwright_forge.options import MOST_CANDIDATES, Options, clean_request
from plugwright_forge.prepared import read_answers
from plugwright_forge.specification import Base
from plugwright_forge.testing.strategies import Strategy

C = TypeVar("C", bound=Callable[..., Any])
_USUAL = Budget()
_SCHEMES = {"llamacpp": "gguf", "llama.cpp": "gguf"}
"""Providers that people know by another name than their models have."""


class _Amount(click.FloatRange):
    """A number that is one: `nan` and `inf` are no amounts."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        number = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is no amount.", param, ctx)
        return number


_AMOUNTS = {
    "calls": (click.IntRange(min=1), "Calls of models at most."),
    "tokens": (click.IntRange(min=1), "Tokens at most, read and written."),
    "seconds": (_Amount(min=0, min_open=True), "Seconds of work at most."),
    "wall": (_Amount(min=0, min_open=True), "Seconds on the clock at most."),
    "money": (_Amount(min=0), "Money at most; 0 is nothing that costs."),
}
_CHOICES = (
    click.option(
        "--model",
        "models",
        metavar="NAME",
        multiple=True,
        help="Who answers, as scheme:argument; more than one, the strongest last.",
    ),
    click.option(
        "--provider",
        metavar="NAME",
        help="Whose models these are, where `--model` does not say: llamacpp, openai.",
    ),
    click.option("--record", metavar="FILE", help="Keep every answer in a recording."),
    click.option(
        "--answers",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="Answers to questions and example cards, as JSON.",
    ),
    click.option(
        "--autonomy",
        type=click.Choice([level.value for level in Autonomy]),
        default=Autonomy.GUIDED.value,
        show_default=True,
        help="How much is decided without asking you.",
    ),
    click.option(
        "--testing",
        type=click.Choice([strategy.value for strategy in Strategy]),
        default=Options.testing.value,
        show_default=True,
        help="How thoroughly it is tested.",
    ),
    click.option(
        "--iterations",
        type=click.IntRange(0, 2),
        default=2,
        show_default=True,
        help="Rounds of repair.",
    ),
    click.option(
        "--threshold",
        type=click.IntRange(0, 100),
        default=85,
        show_default=True,
        help="Percent of the requirements that tests must show to be met.",
    ),
    click.option(
        "--candidates",
        type=click.IntRange(1, MOST_CANDIDATES),
        default=3,
        show_default=True,
        help="How many programmers try at most.",
    ),
    click.option(
        "--allow",
        metavar="PERMISSION",
        multiple=True,
        help="What it may wish for, beside storage, clock, log and events.",
    ),
    *(
        click.option(
            f"--{name}",
            type=kind,
            default=getattr(_USUAL, name),
            show_default=True,
            help=about,
        )
        for name, (kind, about) in _AMOUNTS.items()
    ),
    click.option(
        "--out",
        metavar="FOLDER",
        type=click.Path(path_type=Path),
        help="Where the plugin's wheel goes; into the session, unless said.",
    ),
)


def with_choices(command: C) -> C:
    """Add the options of a session to a command."""
    for choice in reversed(_CHOICES):
        command = choice(command)
    return command


def chosen(request: str, typed: Mapping[str, Any], base: Base | None = None) -> Options:
    """Read what was typed; raises UsageError for what cannot be."""
    models = _named(typed["models"], typed["provider"])
    answers, out = typed["answers"], typed["out"]
    return Options(
        request=clean_request(request),
        model=_recorded(models, typed["record"]),
        others=tuple(models[1:]),
        autonomy=Autonomy(typed["autonomy"]),
        testing=Strategy(typed["testing"]),
        iterations=typed["iterations"],
        threshold=typed["threshold"],
        candidates=typed["candidates"],
        answers=read_answers(answers) if answers else {},
        # Parsed here, so that what is no permission is said before anything begins.
        allow=tuple(str(Permission.parse(each)) for each in typed["allow"]),
        budget=Budget(**{name: typed[name] for name in _AMOUNTS}),
        out=str(out.absolute()) if out else "",
        base=base,
    )


def recording(model: str, record: str | None) -> str:
    """Name a model that keeps its answers in a file."""
    return f"record:{record}={model}" if record and model else model


def _named(models: Sequence[str], provider: str | None) -> list[str]:
    if not provider:
        return [*models] or [os.environ.get(VARIABLE, "")]
    scheme = _SCHEMES.get(provider, provider)
    if not models:
        raise UsageError(
            f"`--provider {provider:.80}` does not say which model",
            remedy=f"add `--model {'FILE.gguf' if scheme == 'gguf' else 'NAME'}`",
        )
    start = f"{scheme}:"
    return [model if model.startswith(start) else start + model for model in models]


def _recorded(models: Sequence[str], record: str | None) -> str:
    if record and len(models) > 1:
        raise UsageError(
            "`--record` keeps the answers of one model",
            remedy="leave it out, or name one `--model`",
        )
    return recording(models[0], record)
