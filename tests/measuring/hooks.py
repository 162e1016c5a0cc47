"""What it costs that a plugin cannot silence, hold up or hide behind the others."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator
from timeit import timeit
from types import SimpleNamespace
from typing import Any

import pluggy

from measuring.figures import Figure, in_turn
from plugwright.asking import Ask, Asking
from plugwright.contracts import hookspec, question
from plugwright.hooks import hookimpl
from plugwright.registration import Plugins

ANSWERS = 5
CALLS = 1_000
ROUNDS = 200
MICRO = 1e-6


class Ours:
    """A question as the host asks it."""

    @question()
    def colours(host: object, depth: object) -> Iterable[str]:
        """Say what colours there are."""
        raise NotImplementedError


class Bare:
    """The same for pluggy alone."""

    @staticmethod
    @hookspec
    def colours(host: object, depth: object) -> Iterable[str]:
        """Say what colours there are."""
        raise NotImplementedError


def figures() -> Iterator[Figure]:
    """One question with five answers, against pluggy's own call of the same five."""
    plugins, bare = Plugins(Ours), pluggy.PluginManager("plugwright")
    bare.add_hookspecs(Bare)
    for number in range(ANSWERS):
        plugins.register(_plugin(number), f"plugin-{number}")
        bare.register(_plugin(number), f"plugin-{number}")
    ask = Ask(Asking(plugins=plugins, failed=_never), Ours.colours)
    works: dict[str, Callable[[], Any]] = {
        "ours": lambda: ask(host=1, depth=2),
        "pluggy": lambda: bare.hook.colours(host=1, depth=2),
    }
    assert works["ours"]() == [colour for [colour] in works["pluggy"]()]
    times = in_turn(
        {
            name: lambda work=work: timeit(work, number=CALLS)
            for name, work in works.items()
        },
        ROUNDS,
    )
    # Whatever else the machine does makes a call longer, never shorter.
    best = {name: min(taken) / CALLS for name, taken in times.items()}
    middle = statistics.median(times["ours"]) / CALLS
    yield Figure(
        "a hook call, five answers: ours / pluggy",
        best["ours"] / best["pluggy"],
        "x",
        promised=1.3,
        note=f"{best['ours'] / MICRO:.2f} µs against {best['pluggy'] / MICRO:.2f} µs,"
        f" guarded, timed, named, left out when broken (median {middle / MICRO:.2f})",
    )


def _plugin(number: int) -> SimpleNamespace:
    @hookimpl
    def colours(host: object) -> list[str]:
        return [f"{number}"]

    return SimpleNamespace(colours=colours)


def _never(plugin: str, hook: str, how: str) -> None:
    raise AssertionError(f"{plugin}: {hook}: {how}")
