"""Loops in what is said: chanting, unusable answers, overflow, and roles that wait.

Each detector looks whether the last observation completes a loop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile
from operator import eq

from plugwright_forge.guard.alarms import Finding, Signal
from plugwright_forge.guard.fingerprints import of_text
from plugwright_forge.guard.history import History
from plugwright_forge.guard.limits import Limits
from plugwright_forge.guard.observations import Answered, Asked, Given, Needs

_WORD = re.compile(r"\w+|([^\w\s])\1*")
_LONGEST_WORD = 100
"""What is longer is read letter by letter: a chant can do without blanks."""
_TAIL = 2000
_LONGEST_VERSE = 64
_SHORTEST_CHANT = 60
_SHORTEST_WITHOUT_WORDS = 200
"""A row of zeros in a table is no chant."""
_SPOKEN = 6
"""Different words of a verse whose numbers count up. Lines of a table have fewer."""


def context_overflow(history: History, limits: Limits) -> Finding | None:
    """A prompt that, with its answer, does not fit what the model can take in."""
    last = history[-1].seen
    if not isinstance(last, Asked) or last.tokens + last.reserve <= last.window:
        return None
    return Finding(
        signal=Signal.CONTEXT_OVERFLOW,
        about=(last.role,),
        signature=last.role,
        occurrences=1,
        needed=1,
        first=history[-1].number,
        evidence=(
            f"{last.role}: {last.tokens} tokens and {last.reserve} for the answer do "
            f"not fit a window of {last.window}",
        ),
    )


def format_failure(history: History, limits: Limits) -> Finding | None:
    """Answer after answer of one role cannot be used."""
    last = history[-1].seen
    if not isinstance(last, Answered):
        return None
    answers = [
        (entry.number, entry.seen)
        for entry in reversed(history)
        if isinstance(entry.seen, Answered) and entry.seen.role == last.role
    ]
    row = [*takewhile(lambda one: bool(one[1].problem), answers)]
    if len(row) < limits.format_failure:
        return None
    return Finding(
        signal=Signal.FORMAT_FAILURE,
        about=(last.role,),
        signature=last.role,
        occurrences=len(row),
        needed=limits.format_failure,
        first=row[-1][0],
        evidence=tuple(
            f"{last.role}: {answer.problem[:200]}" for _, answer in reversed(row)
        ),
    )


def chanting(history: History, limits: Limits) -> Finding | None:
    """An answer that says the same again and again."""
    last = history[-1].seen
    if not isinstance(last, Answered):
        return None
    found = verse(last.text, limits.chants)
    if found is None:
        return None
    words, times = found
    return Finding(
        signal=Signal.CHANTING,
        about=(last.role,),
        signature=of_text(words),
        occurrences=times,
        needed=limits.chants,
        first=history[-1].number,
        evidence=(f"{last.role} said {times} times in a row: {words[:200]}",),
    )


def circular_dependency(history: History, limits: Limits) -> Finding | None:
    """Roles or steps that wait for each other."""
    last = history[-1].seen
    if not isinstance(last, Needs):
        return None
    open_needs: dict[tuple[str, str], int] = {}
    for entry in history:
        if isinstance(entry.seen, Needs):
            open_needs[entry.seen.who, entry.seen.of] = entry.number
        elif isinstance(entry.seen, Given):
            by = entry.seen.by
            open_needs = {k: n for k, n in open_needs.items() if k[1] != by}
    way = _way(list(open_needs), last.of, last.who)
    if way is None:
        return None
    circle = (last.who, *way)
    return Finding(
        signal=Signal.CIRCULAR_DEPENDENCY,
        about=circle[:-1],
        signature=" ".join(sorted(set(circle))),
        occurrences=1,
        needed=1,
        first=min(open_needs[pair] for pair in pairwise(circle)),
        evidence=(" waits for ".join(circle),),
    )


def verse(text: str, times: int) -> tuple[str, int] | None:
    """Find what a text says so many times in a row, if that is a third of it."""
    words = _words(text)
    return _chant(words, words, times, 0) or _chant(
        words, ["0" if word.isdigit() else word for word in words], times, _SPOKEN
    )


def _chant(
    words: Sequence[str], marks: Sequence[str], times: int, spoken: int
) -> tuple[str, int] | None:
    for period in range(1, min(_LONGEST_VERSE, len(marks) // times) + 1):
        least = max(_SHORTEST_CHANT, times * period, len(marks) / 3)
        # Nearly always too few are the same as one period before, and that is quick.
        if sum(map(eq, marks[period:], marks)) < least - period:
            continue
        run = period
        for i in range(period, len(marks)):
            run = run + 1 if marks[i] == marks[i - period] else period
            ends = i + 1 == len(marks) or marks[i + 1] != marks[i + 1 - period]
            if not ends or run < max(_SHORTEST_CHANT, times * period):
                continue
            verse = words[i - period + 1 : i + 1]
            if _is_chant(verse, run, len(marks), spoken):
                return " ".join(verse), run // period
    return None


def _is_chant(verse: Sequence[str], run: int, total: int, spoken: int) -> bool:
    said = len({word for word in verse if word.isalpha()})
    if said < spoken:
        return False
    if said:
        return run >= total / 3
    return run >= max(_SHORTEST_WITHOUT_WORDS, total * 2 / 3)


def _words(text: str) -> list[str]:
    words: list[str] = []
    for word in (found[0] for found in _WORD.finditer(text[-_TAIL * 8 :])):
        words += [word] if len(word) <= _LONGEST_WORD else [*word]
    return words[-_TAIL:]


def _way(
    needs: Sequence[tuple[str, str]], start: str, goal: str
) -> tuple[str, ...] | None:
    """Find how one waits for another, over however many between."""
    ways: list[tuple[str, ...]] = [(start,)]
    met = {start}
    while ways:
        way = ways.pop(0)
        if way[-1] == goal:
            return way
        for who, of in needs:
            if who == way[-1] and of not in met:
                met.add(of)
                ways.append((*way, of))
    return None
