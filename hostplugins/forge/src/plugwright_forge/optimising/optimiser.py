"""Makes a plugin cheaper, and keeps only what is shown to be the same and cheaper.

Rewrites that need no model come first; they cost nothing. Then a model is shown where
the fuel goes. Whoever wrote a rewrite, the same is asked of it: less fuel on pairs of
large inputs, the same answers on all inputs, and every test that was passed. All of
that is seen from outside and without a profiler, so who behaves while it is watched
gains nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from plugwright.judging import Call, Report, Verdict
from plugwright_forge.budget import OutOfBudget
from plugwright_forge.optimising.evidence import Answer, Evidence, weighed
from plugwright_forge.optimising.inputs import (
    Story,
    aimed_stories,
    large_stories,
    near_calls,
    small_stories,
)
from plugwright_forge.optimising.interface import changed
from plugwright_forge.optimising.outcome import Outcome, Try
from plugwright_forge.optimising.rewrites import Rewrite, rewrites
from plugwright_forge.optimising.settings import lost_setting, other_settings
from plugwright_forge.optimising.workshop import Hot, Seen, Workshop, call_in_words
from plugwright_forge.specification import Specification
from plugwright_forge.steering import InCircles

TRIES = 12
"""Rewrites without a model that are tried."""
COLD = 0.01
"""A line with less of the fuel than this is left as it is."""


LEAST = 100
"""Small inputs without which nobody knows whether it does the same."""
SET = 10
"""Small stories that are played again with another value of each setting."""
ROUNDS = 3
"""How often stories are cut around calls that never end."""
WORK = 1.2
"""A large input that uses less than this times the cheapest gives nothing to do."""


@dataclass
class _Inputs:
    large: tuple[Story, ...]
    small: tuple[Story, ...]
    calls: tuple[Call, ...]
    seed: str
    specification: Specification

    def __len__(self) -> int:
        return sum(map(len, (*self.large, *self.small)))


@dataclass
class _Version:
    """A version that is good, and what is known of it."""

    code: str
    large: tuple[Seen, ...]
    small: tuple[Seen, ...]
    report: Report
    number: int = 0


@dataclass
class _Work:
    best: _Version
    inputs: _Inputs
    first: _Version
    tries: list[Try] = field(default_factory=list)
    profile: str = ""


def optimise(
    code: str,
    workshop: Workshop,
    specification: Specification,
    schemas: Mapping[str, Mapping[str, Any]],
    *,
    seed: str,
    asks: int = 1,
) -> Outcome:
    """Make it cheaper; `asks` is how often a model may be asked.

    `schemas` are the commands' JSON Schemas of arguments.
    """
    calls = near_calls(specification, schemas, seed)
    inputs = _Inputs(
        large_stories(calls, seed),
        small_stories(specification, schemas, seed),
        calls,
        seed,
        specification,
    )
    try:
        first = _first(code, workshop, inputs)
    except OutOfBudget as error:
        return Outcome(code=code, tries=(), stopped=error.message)
    work = _Work(first, inputs, first)
    stopped = ""
    try:
        _go_on(workshop, work, asks)
    except (OutOfBudget, InCircles) as error:
        stopped = error.message  # what is kept until now is good
    return Outcome(
        code=work.best.code,
        tries=tuple(work.tries),
        before=sum(each.fuel for each in work.first.large),
        after=sum(each.fuel for each in work.best.large),
        inputs=len(inputs),
        profile=work.profile,
        stopped=stopped,
    )


def _go_on(workshop: Workshop, work: _Work, asks: int) -> None:
    hot = _profiled(workshop, work)
    work.profile = hot.text if hot else ""
    while len(work.tries) < TRIES:
        each = next(_untried(work, hot), None)
        if each is None:
            break
        if _try(workshop, work, each):
            hot = _profiled(workshop, work)
    lesson, left = "", set[str]()
    for number in range(1, asks + 1):
        text = hot.text if hot else "(nobody could tell)"
        new = workshop.asked(f"rewrite-{number}", work.best.code, text, lesson)
        if new is None or new == work.best.code:
            break
        if new in left:  # nothing is compared twice
            continue
        asked = Rewrite("model", "rewritten by a model", 0, "the whole file", new)
        if _try(workshop, work, asked):
            hot, lesson = _profiled(workshop, work), ""
        else:
            left.add(new)
            lesson = f"An earlier rewrite was not kept: {work.tries[-1].why}."


def _first(code: str, workshop: Workshop, inputs: _Inputs) -> _Version:
    """Look at what there is; inputs that nothing can be learnt from are left out."""
    large = workshop.seen("optimise/0/large", code, inputs.large)
    kept = [
        (story, seen)
        for story, seen in zip(inputs.large, large, strict=True)
        if seen.answered and seen.fuel >= WORK * _least(story, inputs.large, large)
    ]
    inputs.large = tuple(story for story, _ in kept)
    inputs.small, small = _ended(workshop, code, inputs.small)
    return _Version(
        code=code,
        large=tuple(seen for _, seen in kept),
        small=small,
        report=workshop.judged("optimise/0/tests", code),
    )


def _ended(
    workshop: Workshop, code: str, stories: tuple[Story, ...]
) -> tuple[tuple[Story, ...], tuple[Seen, ...]]:
    """Cut stories around the calls that never end, and give what came of the rest."""
    for round_ in range(ROUNDS):
        seen = workshop.seen(f"optimise/0/small/{round_}", code, stories)
        if all(
            each.whole == len(story) for story, each in zip(stories, seen, strict=True)
        ):
            return stories, seen
        parts = [
            part
            for story, each in zip(stories, seen, strict=True)
            for part in (story[: each.whole], story[each.whole + 1 :])
        ]
        stories = tuple(part for part in parts if part)
    seen = workshop.seen("optimise/0/small/last", code, stories)
    fine = [
        (story, each)
        for story, each in zip(stories, seen, strict=True)
        if each.whole == len(story)
    ]
    return tuple(story for story, _ in fine), tuple(each for _, each in fine)


def _least(story: Story, stories: Sequence[Story], seen: Sequence[Seen]) -> int:
    """What the cheapest input of this command uses: that is for being called."""
    command = story[0].command
    return min(
        each.fuel
        for other, each in zip(stories, seen, strict=True)
        if other[0].command == command
    )


def _profiled(workshop: Workshop, work: _Work) -> Hot | None:
    """Profile the version on the input that uses most."""
    stories, best = work.inputs.large or work.inputs.small, work.best
    fuel = best.large or best.small
    if not stories:
        return None
    most = max(range(len(stories)), key=lambda n: fuel[n].fuel)
    return workshop.profiled(
        f"optimise/{best.number}/profile", best.code, stories[most]
    )


def _untried(work: _Work, hot: Hot | None) -> Iterator[Rewrite]:
    """Rewrites of the best version, the hottest line first; none of cold lines."""
    tried = {(each.name, each.said) for each in work.tries}
    found = [
        each for each in rewrites(work.best.code) if (each.name, each.said) not in tried
    ]
    if hot is None or not hot.lines:
        yield from found
        return

    found.sort(key=lambda each: heat(each, hot), reverse=True)
    yield from (each for each in found if heat(each, hot) > COLD)


def heat(rewrite: Rewrite, hot: Hot) -> float:
    """Give the share of all fuel that a rewrite is about."""
    if rewrite.name == "remembering":  # it saves whole calls, wherever their fuel is
        return 1.0
    return max(hot.part(n) for n in (rewrite.line, rewrite.line - 1))


def _try(workshop: Workshop, work: _Work, rewrite: Rewrite) -> bool:
    """Hold a rewrite against the best version; keep it, or say why not."""
    number = len(work.tries) + 1
    new, evidence, why = _compared(workshop, work, rewrite.code, number)
    line = f", line {rewrite.line}" if rewrite.line else ""
    work.tries.append(
        Try(
            name=rewrite.name,
            said=rewrite.said,
            where=f"{rewrite.function}{line}",
            kept=new is not None,
            why=why,
            ratio=evidence.ratio if evidence else 1.0,
        )
    )
    if new is not None:
        work.best = new
    return new is not None


def _compared(
    workshop: Workshop, work: _Work, code: str, number: int
) -> tuple[_Version | None, Evidence | None, str]:
    """The cheapest question first: most rewrites fail it."""
    key, best, inputs = f"optimise/{number}", work.best, work.inputs
    if other := changed(work.first.code, code):
        return None, None, f"it changes {other}, on which others rely"
    if name := lost_setting(inputs.specification, code):
        return None, None, f"the setting `{name}` could no longer be changed"
    large = workshop.seen(f"{key}/large", code, inputs.large)
    if wrong := _differs(inputs.large, best.large, large):
        return None, None, wrong
    if sum(map(len, inputs.small)) < LEAST:
        return None, None, f"{Answer.NOT_SURE}: there are too few inputs to compare"
    evidence = weighed(_pairs(best.large, large))
    if evidence.answer is not Answer.BETTER:
        return None, evidence, evidence.in_words()
    small = workshop.seen(f"{key}/small", code, inputs.small)
    if wrong := _differs(inputs.small, best.small, small):
        return None, evidence, wrong
    evidence = weighed(_pairs(best.large, large), _pairs(best.small, small))
    if evidence.answer is not Answer.BETTER:
        return None, evidence, f"{evidence.in_words()}; small inputs get dearer"
    aimed = aimed_stories(inputs.calls, work.first.code, code, inputs.seed)
    old = workshop.seen(f"{key}/aimed/before", work.first.code, aimed)
    if wrong := _differs(aimed, old, workshop.seen(f"{key}/aimed/after", code, aimed)):
        return None, evidence, wrong
    if wrong := _differs_when_set(workshop, work, code, key):
        return None, evidence, wrong
    report = workshop.judged(f"{key}/tests", code)
    if lost := _lost(best.report, report):
        return None, evidence, lost
    kept = _Version(code, large, small, report, number)
    return kept, evidence, evidence.in_words()


def _differs_when_set(workshop: Workshop, work: _Work, code: str, key: str) -> str:
    """Compare under other values of the settings, for a person may change them."""
    some, first = work.inputs.small[:SET], work.first.code
    for name, old, new in other_settings(work.inputs.specification, first, code):
        step = f"{key}/set/{name}"
        before = workshop.seen(f"{step}/before", old, some)
        if wrong := _differs(some, before, workshop.seen(f"{step}/after", new, some)):
            return f"with another `{name}`, {wrong}"
    return ""


def _pairs(old: Sequence[Seen], new: Sequence[Seen]) -> list[tuple[int, int]]:
    return [(a.fuel, b.fuel) for a, b in zip(old, new, strict=True)]


def _differs(stories: Sequence[Story], old: Sequence[Seen], new: Sequence[Seen]) -> str:
    for story, before, after in zip(stories, old, new, strict=True):
        both = zip(story, before.outputs, after.outputs, strict=True)
        for call, one, other in islice(both, before.whole):
            if one != other:
                return f"it answers differently to `{call_in_words(call)}`"
    return ""


def _lost(old: Report, new: Report) -> str:
    passed = {each.test for each in new.results if each.verdict is Verdict.AC}
    for each in old.results:
        if each.verdict is Verdict.AC and each.test not in passed:
            return f"it fails the test `{each.test}`"
    if more := sorted({*new.denied} - {*old.denied}):
        return f"it reaches for `{more[0]}`"
    return ""
