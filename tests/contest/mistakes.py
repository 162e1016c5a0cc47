"""The mistakes that everybody makes: programs and tests that misunderstand alike.

A mistake of this kind shows in few tests; who makes it has not understood one edge of
the request. Of a dozen mutants of the known-good program, those three are taken that
fail the fewest of its tests, but one at least, and the hidden suite. A tester who
misunderstands in the same way expects what such a program gives, wherever it can be
seen, and does not think of the tests that it would fail otherwise: of a refusal, say.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any

from contest.check import HIDDEN, QUOTA, TESTS, Asked, load

from plugwright.judging import Case, Report, Verdict
from plugwright.quotas import Quota
from plugwright_forge.acceptance import function_of
from plugwright_qa.mutation import mutants

COMMON = 3
LOOKED_AT = 12
_SEEN = "SEEN "

Place = tuple[str, int]
"""A test function, and the number of an assertion in it."""


@dataclass(frozen=True)
class Reading:
    """What somebody expects who misunderstands."""

    expected: Mapping[Place, str] = field(default_factory=dict)
    dropped: frozenset[str] = frozenset()
    """Tests that nobody thinks of who misunderstands so."""

    def and_also(self, other: Reading) -> Reading:
        """Misunderstand in two ways."""
        return Reading(
            {**self.expected, **other.expected}, self.dropped | other.dropped
        )


class Misunderstandings:
    """What everybody gets wrong, request by request."""

    def __init__(self, judge: Any, common: int = COMMON) -> None:
        self._judge = judge
        self._common = common
        """How many there are of each request."""
        self._programs: dict[str, tuple[str, ...]] = {}
        self._read: dict[tuple[str, int], Reading] = {}

    def programs(self, request: str) -> tuple[str, ...]:
        """Give the wrong programs that come again and again."""
        if request not in self._programs:
            self._programs[request] = self._found(load(request))
        return self._programs[request]

    def reading(self, request: str, number: int) -> Reading:
        """Give what changes in the tests of whoever misunderstands in this way."""
        key = request, number
        if key not in self._read:
            self._read[key] = self._reading(
                load(request), self.programs(request)[number]
            )
        return self._read[key]

    def _reading(self, asked: Asked, wrong: str) -> Reading:
        seen, right = self._watched(asked, wrong), self._watched(asked, asked.plugin)
        expected = {
            place: value
            for place, value in seen.items()
            if right.get(place) not in (None, value)
        }
        tests = {TESTS: misread(asked.tests, Reading(expected))}
        results = self._judged(asked, wrong, tests).results
        failed = {r.test for r in results if r.verdict is not Verdict.AC}
        # Of several cases of one function, most are thought of.
        dropped = {function_of(test) for test in failed if "[" not in test}
        return Reading(expected, frozenset(dropped))

    def _found(self, asked: Asked) -> tuple[str, ...]:
        if not self._common:
            return ()
        right = ast.dump(ast.parse(asked.plugin))
        found = [
            each.source
            for each in mutants({"plugin.py": asked.plugin})
            if ast.dump(ast.parse(each.source)) != right
        ]
        some = Random(asked.plugin).sample(found, min(LOOKED_AT, len(found)))
        failed = {code: self._failed(asked, code) for code in some}
        subtle = sorted((c for c in some if failed[c]), key=lambda code: failed[code])
        hidden = {HIDDEN: asked.hidden}
        wrong = (c for c in subtle if not self._judged(asked, c, hidden).passed)
        return tuple(islice(wrong, self._common))

    def _failed(self, asked: Asked, code: str) -> int:
        results = self._judged(asked, code, {TESTS: asked.tests}).results
        if any(result.verdict in _ENDED for result in results):
            return 0  # whoever waits for ever sees that something is wrong
        return len({r.test for r in results if r.verdict is not Verdict.AC})

    def _watched(self, asked: Asked, code: str) -> dict[Place, str]:
        """Give what each assertion compares with its expectation."""
        watched = {TESTS: watching(asked.tests)}
        found: dict[Place, str] = {}
        for result in self._judged(asked, code, watched).results:
            _, mark, text = result.message.partition(_SEEN)
            try:
                seen = ast.literal_eval(text) if mark and "[" not in result.test else []
            except (SyntaxError, ValueError):
                continue  # longer than a message can be
            function = function_of(result.test)
            for number, value in seen:
                place = function, number
                found[place] = value if found.get(place, value) == value else ""
        return {place: value for place, value in found.items() if _is_literal(value)}

    def _judged(self, asked: Asked, code: str, tests: Mapping[str, str]) -> Report:
        case = Case(
            name=asked.name,
            files={"plugin.py": code},
            tests=tests,
            permissions=asked.permissions,
            quota=QUOTA if HIDDEN in tests else Quota(),
        )
        report: Report = self._judge.judge(case)
        return report


_ENDED = (Verdict.TLE, Verdict.MLE, Verdict.OLE, Verdict.CE, Verdict.IE)


def watching(tests: str) -> str:
    """Make tests tell what they see instead of what they think of it."""
    tree = ast.parse(tests)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            numbers = {id(each): n for n, each in enumerate(expectations(node))}
            body = [_Watching(numbers).visit(each) for each in node.body]
            frame = ast.parse(_FRAME).body
            assert isinstance(frame[1], ast.Try)
            frame[1].body = body
            node.body = frame
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


_FRAME = f"""\
_seen = []
try:
    pass
finally:
    raise AssertionError({_SEEN!r} + repr(_seen))
"""


class _Watching(ast.NodeTransformer):
    def __init__(self, numbers: Mapping[int, int]) -> None:
        self._numbers = numbers

    def visit_Assert(self, node: ast.Assert) -> ast.stmt:
        number = self._numbers.get(id(node))
        if number is None:
            return ast.Pass()
        assert isinstance(node.test, ast.Compare)
        seen = ast.unparse(node.test.left)
        return ast.parse(f"_seen.append(({number}, repr({seen})))").body[0]


def expectations(function: ast.AST) -> Iterator[ast.Assert]:
    """Give the assertions that something is equal to what is written there."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            is_equal = isinstance(node.test.ops[0], ast.Eq | ast.Is)
            if is_equal and _is_literal(ast.unparse(node.test.comparators[-1])):
                yield node


def misread(tests: str, reading: Reading) -> str:
    """Write tests as somebody would who reads the request in another way."""
    changes: list[tuple[int, int, str]] = []
    starts = _starts(tests)

    def change(node: ast.expr | ast.stmt, text: str) -> None:
        first = starts[node.lineno - 1] + node.col_offset
        last = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        changes.append((first, last, text))

    for node in ast.parse(tests).body:
        if not isinstance(node, ast.FunctionDef):
            continue
        if node.name in reading.dropped:
            change(node, "")
            continue
        for number, each in enumerate(expectations(node)):
            text = reading.expected.get((node.name, number))
            assert isinstance(each.test, ast.Compare)
            if text is not None:
                change(each.test.comparators[-1], text)
    raw = tests.encode()
    for first, last, text in sorted(changes, reverse=True):
        raw = raw[:first] + text.encode() + raw[last:]
    return raw.decode()


def _starts(source: str) -> list[int]:
    """Give where each line starts, in bytes."""
    starts = [0]
    for line in source.encode().split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return False
    return True
