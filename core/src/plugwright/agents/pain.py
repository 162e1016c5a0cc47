"""Where it hurts: how often, how much, what it costs, and what would help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Any

from plugwright.agents.pains import Pain
from plugwright.amounts import number_of

OFTEN_RUNS = 0.1
"""The part of all runs from which on a pain is frequent; and it was felt thrice."""
OFTEN_TIMES = 3
MUCH_SECONDS = 5.0
"""What it costs each time, from which on it is severe."""
MUCH_TOKENS = 500

_ENDS_A_RUN = {
    Pain.MISFIT,
    Pain.LIMIT,
    Pain.RATE_LIMIT,
    Pain.CONTEXT,
    Pain.OUTAGE,
    Pain.MALFORMED,
    Pain.KEY,
    Pain.DECLINED,
    Pain.SETTING,
    Pain.BROKEN,
}
_HELP: dict[str, tuple[str, str]] = {
    Pain.RETRY: (
        "limits",
        "keeps below what a service allows, with `per_minute`, if it was asked too"
        " often",
    ),
    Pain.RATE_LIMIT: ("limits", "waits as long as the service says, and asks again"),
    Pain.OUTAGE: ("limits", "has another model answer, with `otherwise`"),
    Pain.TRUNCATION: (
        "config",
        "has longer answers, with `max_tokens`, if the agent leaves that to it",
    ),
    Pain.MISFIT: ("config", "has answers mended more than once, with `repairs`"),
    Pain.TOOL_CUT: ("discovery", "has files read in parts that are not cut"),
    Pain.TOOL_ERROR: ("discovery", "has files found before a tool is told their names"),
}
"""The ability that helps, and how. There is a test for each that it does."""
_NO_PLUGIN: dict[str, str] = {
    Pain.FALLBACK: "make that model the first, if it answers often",
    Pain.REPAIR: "take a model that follows schemas better",
    Pain.GUARDRAIL: "tell the model the rule beforehand, with `.instructions(…)`",
    Pain.LIMIT: "allow more with `.limits(…)`, or give less to do",
    Pain.CONTEXT: "take a model with a longer context, or send less",
    Pain.MALFORMED: "check that the endpoint is of the kind that it is taken for",
    Pain.KEY: "put the key where the error says that it belongs",
    Pain.DECLINED: "ask for something else, or another model",
    Pain.SETTING: "do what the error says",
    Pain.BROKEN: "tell whoever made that part",
    Pain.TOOL_TIMEOUT: "allow it more time: `tool(seconds=…)`",
    Pain.TOOL_UNFIT: "give the tool fewer and plainer parameters",
    Pain.TOOL_UNKNOWN: "say in `.instructions(…)` which tools there are not",
    Pain.TOOL_LOST: "say what may be called again: `tool(repeatable=True)`",
    Pain.REFUSED: 'grant it for good: `.approval("always", TOOL)`, or what it names',
}
"""What helps where no ability does."""


class Field(StrEnum):
    """Where a pain stands in the matrix."""

    FIRST = "build first"
    NICE = "nice to have"
    EDGE = "edge case"
    IGNORE = "ignore"


@dataclass(frozen=True, kw_only=True)
class Hurt:
    """One kind of pain, all of its times together."""

    kind: str
    times: int
    runs: int
    seconds: float
    tokens: int
    is_often: bool
    is_severe: bool
    examples: tuple[str, ...]
    """What exactly, the most frequent first."""

    @property
    def field(self) -> Field:
        """Say what to do about it."""
        if self.is_severe:
            return Field.FIRST if self.is_often else Field.EDGE
        return Field.NICE if self.is_often else Field.IGNORE

    @property
    def plugin(self) -> str:
        """The ability that would solve it; empty if there is none."""
        return help_for(self.kind)[0]

    @property
    def how(self) -> str:
        """Say what that ability does about it, or what helps where there is none."""
        return help_for(self.kind)[1]


def help_for(kind: str) -> tuple[str, str]:
    """Give the ability that helps, if there is one, and how to be helped."""
    if kind in _HELP:
        return _HELP[kind]
    instead = _NO_PLUGIN.get(kind)
    return "", f"no plugin yet; {instead}" if instead else "no plugin yet"


def hurts(pains: Iterable[tuple[Any, ...]], runs: int) -> list[Hurt]:
    """Put pains together by kind, what to build first at the top."""
    kinds: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for pain in pains:
        kinds[pain[3]].append(pain)
    found = [_hurt(kind, each, runs) for kind, each in kinds.items()]
    order = list(Field)
    return sorted(
        found,
        key=lambda each: (order.index(each.field), -each.times, -each.seconds),
    )


def _hurt(kind: str, pains: list[tuple[Any, ...]], runs: int) -> Hurt:
    times = len(pains)
    touched = len({pain[1] for pain in pains if pain[1]})
    # What a person typed was once kept whatever it was: `inf` is no cost.
    seconds = sum(p[5] for p in pains if 0 <= p[5] < inf)
    tokens = sum(p[6] for p in pains)
    said: dict[str, int] = defaultdict(int)
    for pain in pains:
        said[pain[4]] += 1
    is_person = kind in (Pain.WISH, Pain.WORKAROUND)
    is_often = times >= OFTEN_TIMES and (
        is_person or touched >= OFTEN_RUNS * max(runs, 1)
    )
    return Hurt(
        kind=kind,
        times=times,
        runs=touched,
        seconds=seconds,
        tokens=tokens,
        is_often=is_often,
        # Who takes the time to write it down is hurt.
        is_severe=is_person
        or kind in _ENDS_A_RUN
        or seconds / times >= MUCH_SECONDS
        or tokens / times >= MUCH_TOKENS,
        examples=tuple(sorted(filter(None, said), key=lambda each: -said[each])[:3]),
    )


def design(hurt: Hurt, runs: int) -> str:
    """Fill the page of a plugin design, as far as the record knows."""
    name = hurt.plugin or hurt.kind.replace(" ", "-")
    examples = "".join(f"\n- “{example[:200]}”" for example in hurt.examples)
    times = "once" if hurt.times == 1 else f"{hurt.times:,} times"
    how = hurt.how if hurt.plugin else f"there is {hurt.how}"
    return f"""\
# {name}

**Problem.** {hurt.kind}: {times}, in {hurt.runs:,} of {number_of("run", runs)}; \
it cost {hurt.seconds:.1f} seconds and {number_of("token", hurt.tokens)}.
{examples}

**Solution.** {how[0].upper() + how[1:]}.

**API.** `Agent.builder(…).use("{name}")`: an `Ability` with only the methods that it
needs.

**Dependencies.** None beside plugwright-core, unless they are named here.

**Builder integration.** Offered through the hook `abilities`; off unless `.use`d.

**Success criteria.** `plugwright pain report` counts “{hurt.kind}” in less than half as
many runs; an agent without it works as before and imports nothing of it.
"""
