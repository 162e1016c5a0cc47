"""Where it hurts: how often, how much, what it costs, and what would help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
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
    Pain.BROKEN,
}
_HELP: dict[str, tuple[str, str]] = {
    Pain.RETRY: ("limits", "asks as often as the service allows, and waits by itself"),
    Pain.RATE_LIMIT: ("limits", "waits as long as the service says, and asks again"),
    Pain.OUTAGE: ("limits", "asks again after a while, or another model"),
    Pain.FALLBACK: ("limits", "chooses the model before the first one fails"),
    Pain.LIMIT: ("limits", "forecasts what a task takes, and says it beforehand"),
    Pain.TRUNCATION: ("limits", "asks for longer answers where they were too short"),
    Pain.CONTEXT: ("memory", "keeps what was said, and recalls what matters only"),
    Pain.REPAIR: ("guardrails", "has answers follow the schema, and mends them"),
    Pain.MISFIT: ("guardrails", "has answers follow the schema, and mends them"),
    Pain.MALFORMED: ("guardrails", "has answers follow the schema, and mends them"),
    Pain.GUARDRAIL: ("guardrails", "tells the model its rules before it breaks them"),
    Pain.REFUSED: ("config", "keeps what a person allowed for good, per agent"),
    Pain.KEY: ("config", "keeps models and keys by name"),
    Pain.WORKAROUND: ("config", "keeps what differs from agent to agent in one place"),
    Pain.TOOL_CUT: ("discovery", "finds the part that is asked for, and reads only it"),
    Pain.TOOL_ERROR: ("discovery", "finds what there is before a tool is called"),
    Pain.TOOL_UNFIT: ("guardrails", "looks at calls before they are made"),
    Pain.TOOL_UNKNOWN: ("guardrails", "looks at calls before they are made"),
}
NOBODY = ("", "no plugin yet")


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
        return _HELP.get(self.kind, NOBODY)[0]

    @property
    def how(self) -> str:
        """Say what that ability does about it."""
        return _HELP.get(self.kind, NOBODY)[1]


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
    seconds, tokens = sum(p[5] for p in pains), sum(p[6] for p in pains)
    said: dict[str, int] = defaultdict(int)
    for pain in pains:
        said[pain[4]] += 1
    is_person = kind == Pain.WISH
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
        # Who takes the time to write a wish down is hurt.
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
    return f"""\
# {name}

**Problem.** {hurt.kind}: {times}, in {hurt.runs:,} of {number_of("run", runs)}; \
it cost {hurt.seconds:.1f} seconds and {number_of("token", hurt.tokens)}.
{examples}

**Solution.** {hurt.how[0].upper() + hurt.how[1:]}.

**API.** `Agent.builder(…).use("{name}")`: an `Ability` with only the methods that it
needs.

**Dependencies.** None beside plugwright-core, unless they are named here.

**Builder integration.** Offered through the hook `abilities`; off unless `.use`d.

**Success criteria.** `plugwright pain report` counts “{hurt.kind}” in less than half as
many runs; an agent without it works as before and imports nothing of it.
"""
