"""What the optimiser needs done: looking, judging, profiling and asking, once each."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from pydantic import TypeAdapter

from plugwright.judging import Call, Case, Observed, Observer, Report
from plugwright.quotas import Quota
from plugwright.sandboxes import JSON
from plugwright_forge.optimising.inputs import Story
from plugwright_forge.probing import output_of

QUOTA = Quota(fuel=1_000_000_000, seconds=20)
"""For each call while versions are compared: what is worse need not be waited for."""
_PLACE = re.compile(r" \([^()\s]*\.py:\d+\)$")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What came of one story."""

    outputs: tuple[str, ...]
    """For each call; the same text where everybody outside sees the same."""
    fuel: int
    answered: bool
    """Whether the plugin gave a value to every call."""
    whole: int
    """Calls before a quota ended it: of the others, nobody knows what they give."""


@dataclass(frozen=True, kw_only=True)
class Hot:
    """Where the fuel of some calls goes."""

    lines: Mapping[int, int]
    """Fuel by line of `plugin.py`."""
    total: int
    text: str
    """For a model and for people: the source with percents, or why there are none."""

    def part(self, line: int) -> float:
        """The share of all fuel that a line has."""
        return self.lines.get(line, 0) / self.total if self.total else 0.0


class Workshop(Protocol):
    """Does what has consequences; `key` names it in the session."""

    def seen(self, key: str, code: str, stories: Sequence[Story]) -> tuple[Seen, ...]:
        """Play stories on a version, each on a fresh plugin, and nobody watching."""

    def judged(self, key: str, code: str) -> Report:
        """Run all acceptance tests."""

    def profiled(self, key: str, code: str, story: Story) -> Hot | None:
        """Say where the fuel goes; None where nobody can tell."""

    def asked(self, key: str, code: str, hot: str, lesson: str) -> str | None:
        """Have a faster version written; None if no usable answer came."""


class Profile(Protocol):
    """What a judge says of where the fuel goes."""

    @property
    def lines(self) -> Mapping[tuple[str, str, int], int]:
        """Fuel by file, function and line."""

    @property
    def total(self) -> int:
        """All of it."""

    def annotated(self, source: str) -> str:
        """The source with percents."""


Step: TypeAlias = Callable[[str, Callable[[], JSON]], JSON]
"""`Session.step`, or one that pays for it, too."""
_SEEN = TypeAdapter(tuple[Seen, ...])
_HOT = TypeAdapter(Hot)


@dataclass(frozen=True, kw_only=True)
class SessionWorkshop:
    """The workshop of a session: what is in its log is not done again."""

    step: Step
    case: Case
    """The plugin's name and permissions; its files are those of each version."""
    judge: Observer
    """Perhaps it can profile, too."""
    accepted: Callable[[str, str], Report]
    """Runs all acceptance tests of a version, as a step of this key."""
    ask: Callable[[str, Mapping[str, str]], str | None]
    """Asks the optimiser about this, with the sections of its card."""

    def seen(self, key: str, code: str, stories: Sequence[Story]) -> tuple[Seen, ...]:
        """Play stories, and keep what is needed to compare them."""

        def compute() -> JSON:
            played = self.judge.observe(self._case(code), stories)
            seen = tuple(_seen(story) for story in played)
            dumped: JSON = _SEEN.dump_python(seen, mode="json")
            return dumped

        return _SEEN.validate_python(self.step(key, compute))

    def judged(self, key: str, code: str) -> Report:
        """Run all acceptance tests."""
        return self.accepted(key, code)

    def profiled(self, key: str, code: str, story: Story) -> Hot | None:
        """Have the judge profile, if it can."""
        profile = getattr(self.judge, "profile", None)
        if profile is None:
            return None

        def compute() -> JSON:
            found: Profile = profile(self._case(code), story)
            lines: Counter[str] = Counter()
            for (file, _, line), fuel in found.lines.items():
                if file == "plugin.py":
                    lines[str(line)] += fuel
            told = found.annotated(code)
            return {"lines": {**lines}, "total": found.total, "text": told}

        return _HOT.validate_python(self.step(key, compute))

    def asked(self, key: str, code: str, hot: str, lesson: str) -> str | None:
        """Ask the optimiser."""
        sections = {
            "code": code,
            "profile": hot,
            "lesson": f"\n{lesson}\n" if lesson else "",
        }
        return self.ask(key, sections)

    def _case(self, code: str) -> Case:
        quota = self.case.quota.within(QUOTA)
        return replace(self.case, files={"plugin.py": code}, tests={}, quota=quota)


def _seen(story: Sequence[Observed]) -> Seen:
    return Seen(
        outputs=tuple(digest(each) for each in story),
        fuel=sum(each.fuel for each in story),
        answered=not any(each.refused or each.failure for each in story),
        whole=next(
            (
                n
                for n, each in enumerate(story)
                if each.failure.startswith("stopped by")
            ),
            len(story),
        ),
    )


def digest(observed: Observed) -> str:
    """What was observed, in short; the line on which it failed is nobody's business."""
    plain = replace(observed, failure=_PLACE.sub("", observed.failure))
    return hashlib.sha256(output_of([plain]).encode()).hexdigest()[:16]


def call_in_words(call: Call) -> str:
    """A call as a person would write it."""
    arguments = json.dumps({**call.arguments}, ensure_ascii=False)
    return f"{call.command or call.event} {arguments}"[:300]
