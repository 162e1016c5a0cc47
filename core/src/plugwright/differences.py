"""What is different between two versions of a plugin, in plain words.

All of it is a stranger's text of any size, so counting has to be quick: lines are
counted, not aligned, and only what is small enough is compared line by line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import unified_diff
from itertools import islice

from plugwright.amounts import amount
from plugwright.bundles import Bundle
from plugwright.manifest import CommandSpec
from plugwright.permissions import Permission
from plugwright.quotas import Quota
from plugwright.sources import plain

MOST = 20
"""How many sentences about one thing are said; the rest is counted."""
LONGEST = 2000
"""Lines of a file up to which the lines of two versions are aligned. That takes time
with the square of it, or worse if somebody wants it to."""

_TEST = re.compile(r"^[ \t]*(?:async +)?def +(test\w*)", re.MULTILINE)

QUOTAS = {
    "fuel": "steps of computing",
    "cpu_seconds": "processor time",
    "seconds": "time for a call",
    "memory": "memory",
    "output": "printed text",
    "writes": "printing",
    "host_calls": "questions to Plugwright",
    "payload": "the largest message",
    "sent": "telling Plugwright",
    "received": "being told by Plugwright",
    "storage": "keeping",
    "keys": "keeping",
    "load_fuel": "steps of computing to get ready",
    "load_seconds": "time to get ready",
    "hourly_fuel": "steps of computing in an hour",
    "hourly_seconds": "time in an hour",
}
"""What each quota is about, for people who do not program."""


@dataclass(frozen=True, kw_only=True)
class Differences:
    """What an upgrade changes; each field holds sentences, and is empty if alike."""

    permissions: tuple[str, ...]
    """What it has not had before comes first."""
    quotas: tuple[str, ...]
    """What it may use more of comes first."""
    doors: tuple[str, ...]
    """The engine, commands, tools, events and what else it offers."""
    tests: tuple[str, ...]
    code: tuple[str, ...]
    """Every other file, too."""

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) for each in fields(self))


def differences(old: Bundle, new: Bundle) -> Differences:
    """Say what is different in the new one."""
    return Differences(
        permissions=_few(_permissions(old, new)),
        quotas=_few(_quotas(old.manifest.quota, new.manifest.quota)),
        doors=_few(_doors(old, new)),
        tests=_few(_tests(old, new)),
        code=_few(_code(old, new)),
    )


def diff(old: Bundle, new: Bundle) -> Iterator[tuple[str, str]]:
    """Give every changed file, and its changed lines as `diff -u` writes them.

    What a screen would obey or hide is written as an escape.
    """
    for path in sorted({*old.files, *new.files}):
        before, now = old.files.get(path, b""), new.files.get(path, b"")
        if before != now:
            names = f"{old.manifest.version}/{path}", f"{new.manifest.version}/{path}"
            yield path, "\n".join(_changes(before, now, names))


def _changes(before: bytes, now: bytes, names: tuple[str, str]) -> Iterator[str]:
    try:
        old, new = _shown(before), _shown(now)
    except UnicodeDecodeError:
        yield "It is no text, so its lines cannot be shown."
        return
    if max(len(old), len(new)) > LONGEST:
        yield f"It is too long to align its lines; all {len(old)} old ones go:"
        yield from (f"-{line}" for line in old)
        yield from (f"+{line}" for line in new)
    elif old == new:
        yield "Only the ends of its lines are different."
    else:
        yield from unified_diff(old, new, *names, lineterm="")


def _shown(content: bytes) -> list[str]:
    # One by one: a line feed is what a screen may obey.
    return [plain(line) for line in content.decode().splitlines()]


def _few(sentences: Iterable[str]) -> tuple[str, ...]:
    found = iter(sentences)
    first = (*islice(found, MOST),)
    more = sum(1 for _ in found)
    return (*first, f"and {more} more") if more else first


def _permissions(old: Bundle, new: Bundle) -> Iterator[str]:
    had, has = old.manifest.permissions, new.manifest.permissions
    reasons, room = new.manifest.reasons, new.manifest.quota.storage
    gained = [each for each in has if not _covers(had, each)]
    for each in gained:
        reason = reasons.get(each) or "no reason given"
        only = [p for p in had if each.covers(p)]
        before = f" (before: it {_all(only, old)})" if only else ""
        yield f"NEW: it {each.in_words(room)}{before} — {reason}"
    for each in has:
        if each not in had and each not in gained:
            wider = [p for p in had if p.covers(each)]
            yield f"less: it {each.in_words(room)} (before: it {_all(wider, old)})"
    for each in had:
        # What became wider or narrower is told above.
        if not _covers(has, each) and not any(each.covers(p) for p in has):
            yield f"no longer: it {each.in_words(old.manifest.quota.storage)}"
    for each in has:
        if each in had and reasons.get(each) != old.manifest.reasons.get(each):
            reason = reasons.get(each) or "none"
            yield f"another reason why it {each.in_words(room)}: {reason}"


def _covers(granted: Iterable[Permission], wanted: Permission) -> bool:
    return any(each.covers(wanted) for each in granted)


def _all(permissions: Iterable[Permission], bundle: Bundle) -> str:
    room = bundle.manifest.quota.storage
    return "; it ".join(each.in_words(room) for each in permissions)


def _quotas(had: Quota, has: Quota) -> Iterator[str]:
    changed = [
        (each.name, getattr(had, each.name), getattr(has, each.name))
        for each in fields(Quota)
        if getattr(had, each.name) != getattr(has, each.name)
    ]
    for name, before, now in sorted(changed, key=lambda change: change[2] < change[1]):
        yield (
            f"{'MORE' if now > before else 'less'} {QUOTAS[name]}:"
            f" {amount(name, now)} (before: {amount(name, before)})"
        )


def _doors(old: Bundle, new: Bundle) -> Iterator[str]:
    had, has = old.manifest, new.manifest
    if had.engine != has.engine:
        yield f"it runs in the engine `{has.engine}` (before: `{had.engine}`)"
    yield from _specs("command", had.commands, has.commands)
    yield from _specs("tool", had.tools, has.tools)
    yield from _names("event that it hears", had.events, has.events)
    yield from _names("kind that it validates", had.validates, has.validates)
    if had.memory != has.memory:
        yield "it offers a memory" if has.memory else "it offers no memory any more"
    if had.summary != has.summary:
        yield f"it says of itself: {has.summary} (before: {had.summary})"


def _specs(
    what: str, had: Mapping[str, CommandSpec], has: Mapping[str, CommandSpec]
) -> Iterator[str]:
    yield from _names(what, had, has)
    for name in had:
        if name in has and had[name] != has[name]:
            yield f"changed {what} `{name}`"


def _names(what: str, had: Iterable[str], has: Iterable[str]) -> Iterator[str]:
    before, now = [*had], [*has]
    yield from (f"new {what} `{name}`" for name in now if name not in before)
    yield from (f"gone: {what} `{name}`" for name in before if name not in now)


def _tests(old: Bundle, new: Bundle) -> Iterator[str]:
    had, has = old.tests, new.tests
    # What takes tests away is what a person should see first.
    before = {name for text in had.values() for name in _TEST.findall(text)}
    now = {name for text in has.values() for name in _TEST.findall(text)}
    yield from (f"gone: test `{name}`" for name in sorted(before - now))
    yield from (f"new test `{name}`" for name in sorted(now - before))
    for path in sorted({*had, *has}):
        if had.get(path) != has.get(path):
            yield _lines(f"tests/{path}", had.get(path), has.get(path))


def _code(old: Bundle, new: Bundle) -> Iterator[str]:
    told = {"plugin.toml", *(f"tests/{name}" for name in (*old.tests, *new.tests))}
    for path in sorted({*old.files, *new.files} - told):
        before, now = old.files.get(path), new.files.get(path)
        if before != now:
            try:
                texts = [None if raw is None else raw.decode() for raw in (before, now)]
            except UnicodeDecodeError:
                yield f"`{path}` is another"
            else:
                yield _lines(path, *texts)


def _lines(path: str, before: str | None, now: str | None) -> str:
    old, new = _split(before), _split(now)
    more, less = Counter(new) - Counter(old), Counter(old) - Counter(new)
    if before is None:
        return f"new: `{path}`, {_count(len(new))}"
    if now is None:
        return f"gone: `{path}`, {_count(len(old))}"
    if not more and not less:
        return f"`{path}`: the same lines in another order"
    return f"`{path}`: {_count(more.total())} more, {_count(less.total())} less"


def _split(text: str | None) -> Sequence[str]:
    return (text or "").splitlines(keepends=True)


def _count(lines: int) -> str:
    return "1 line" if lines == 1 else f"{lines:,} lines"
