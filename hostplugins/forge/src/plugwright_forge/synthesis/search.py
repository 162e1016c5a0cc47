"""Finds expressions, smallest first, and among them those that the examples want."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from plugwright_forge.synthesis.language import BINARY, LISTS, UNARY, Way
from plugwright_forge.synthesis.terms import Pool, Term

_ATOM = 1
_INNER_SIZE = 3
_INNER_MOST = 700
_MEMBER = re.compile(r"\bx\b")
_TEXT = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")


@dataclass(frozen=True)
class Limits:
    """How far it looks; counted, so that it finds the same on every machine."""

    size: int = 6
    """Parts of the largest expression."""
    tries: int = 30_000


def explored(
    inputs: Mapping[str, Sequence[Any]],
    constants: Sequence[Any],
    limits: Limits,
    goal: Sequence[Any] | None = None,
) -> Pool:
    """Try expressions over named inputs, given in the order of the examples.

    Ends where one gives what the goal has.
    """
    pool = Pool(limits.tries, goal)
    count = len(next(iter(inputs.values()), ()))
    for name, values in inputs.items():
        pool.add(name, _ATOM, lambda value: value, values)
    for term in [*pool.terms]:
        _fields(pool, _ATOM, term)
    for constant in constants:
        pool.add(repr(constant), _ATOM, lambda value: value, [constant] * count)
    for size in range(_ATOM + 1, limits.size + 1):
        if pool.full:
            break
        for term in pool.of_size(size - 1, "dict"):
            _fields(pool, size, term)
        _ways(pool, size)
        if "x" not in inputs:  # inside of a member, nothing is gone through again
            _over_members(pool, size, inputs, constants)
    return pool


def _fields(pool: Pool, size: int, term: Term) -> None:
    """Try what every value of a term has under the same name."""
    if term.kind != "dict":
        return
    for name in sorted(set.intersection(*(set(value) for value in term.values))):
        source = f"{_part(term)}[{name!r}]"
        pool.add(source, size, lambda value, name=name: value[name], term.values)


def _ways(pool: Pool, size: int) -> None:
    for way in UNARY:
        for term in pool.of_size(size - 1, way.kinds[0]):
            if pool.full:
                return
            _try(pool, size, way, term)
    for way in BINARY:
        for left in range(1, size - 1):
            firsts = pool.of_size(left, way.kinds[0])
            seconds = pool.of_size(size - 1 - left, way.kinds[1])
            for one, two in product(firsts, seconds):
                if pool.full:
                    return
                if not (way.mirrored and one.source > two.source):
                    _try(pool, size, way, one, two)


def _try(pool: Pool, size: int, way: Way, *parts: Term) -> None:
    source = way.template.format(*map(_part, parts))
    pool.add(source, size, way.work, *(part.values for part in parts))


def _part(term: Term) -> str:
    # An operator between parts needs parentheses around what has operators itself.
    plain = term.size == _ATOM or term.source.endswith((")", "]"))
    loose = " " in _without_brackets(term.source)
    return term.source if plain and not loose else f"({term.source})"


def _without_brackets(source: str) -> str:
    depth, outside = 0, []
    for letter in _TEXT.sub("''", source):  # brackets in a text are none
        depth -= letter in ")]}"
        if not depth:
            outside.append(letter)
        depth += letter in "([{"
    return "".join(outside)


def _over_members(
    pool: Pool, size: int, inputs: Mapping[str, Sequence[Any]], constants: Sequence[Any]
) -> None:
    """Try what is done with each member of a list: maps, filters, sums, orders."""
    for term in pool.of_size(size - 2, LISTS):
        for source, work in _comprehensions(term, inputs, constants):
            if pool.full:
                return
            pool.add(source, size, work, range(len(term.values)))


def _comprehensions(
    term: Term, inputs: Mapping[str, Sequence[Any]], constants: Sequence[Any]
) -> Iterator[tuple[str, Any]]:
    places = [
        (example, member)
        for example, members in enumerate(term.values)
        for member in range(len(members))
    ]
    if not places:
        return
    names = {"x": [term.values[example][member] for example, member in places]}
    names |= {
        name: [values[example] for example, _ in places]
        for name, values in inputs.items()
    }
    inner = explored(names, constants, Limits(_INNER_SIZE, _INNER_MOST))
    over = _part(term)
    for each in inner.terms:
        if not _MEMBER.search(each.source):
            continue
        found: dict[int, list[Any]] = {n: [] for n in range(len(term.values))}
        for (example, _), value in zip(places, each.values, strict=True):
            found[example].append(value)
        yield from _made_of(each, over, term, found)


def _made_of(
    each: Term, over: str, term: Term, found: Mapping[int, list[Any]]
) -> Iterator[tuple[str, Any]]:
    lists = term.values
    said = each.source
    if each.kind == "bool":
        yield (
            f"[x for x in {over} if {said}]",
            lambda n: [v for v, ok in zip(lists[n], found[n], strict=True) if ok],
        )
        yield f"sum(1 for x in {over} if {said})", lambda n: sum(found[n])
        yield f"any({said} for x in {over})", lambda n: any(found[n])
        yield f"all({said} for x in {over})", lambda n: all(found[n])
        return
    yield f"[{said} for x in {over}]", lambda n: found[n]
    if each.kind in ("int", "float"):
        yield f"sum({said} for x in {over})", lambda n: sum(found[n])
    if each.kind in ("int", "float", "str"):
        key = f"key=lambda x: {said}"
        yield f"sorted({over}, {key})", lambda n: _ordered(lists[n], found[n], False)
        yield (
            f"sorted({over}, {key}, reverse=True)",
            lambda n: _ordered(lists[n], found[n], True),
        )
        yield f"max({over}, {key})", lambda n: _first(lists[n], found[n], max)
        yield f"min({over}, {key})", lambda n: _first(lists[n], found[n], min)
        yield f"dict(Counter({said} for x in {over}))", lambda n: _counted(found[n])


def _ordered(values: list[Any], keys: list[Any], reverse: bool) -> list[Any]:
    places = sorted(range(len(values)), key=keys.__getitem__, reverse=reverse)
    return [values[place] for place in places]


def _first(values: list[Any], keys: list[Any], choose: Any) -> Any:
    return values[choose(range(len(values)), key=keys.__getitem__)]


def _counted(values: list[Any]) -> dict[Any, int]:
    if not all(isinstance(value, str) for value in values):
        raise TypeError("JSON objects have text as keys")
    return {value: values.count(value) for value in values}
