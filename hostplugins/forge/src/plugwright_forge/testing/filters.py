"""What speaks against a test before any plugin was judged by it, as evidence.

A test is not thrown away for it. The ledger bounds how far it can be trusted, so that
it rejects nobody, and says why.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Mapping, Sequence

from plugwright.judging import Report, Verdict
from plugwright_forge.choice import Evidence, Kind
from plugwright_forge.suspects import copied

_NOW = ("now", "today", "utcnow", "time", "time_ns", "monotonic", "perf_counter")
_CLOCKS = ("datetime", "date", "time")

Flaws = dict[str, tuple[Evidence, ...]]


def flaws(source: str, commands: Collection[str]) -> Flaws:
    """What can be seen of tests without running them."""
    copies = copied(source, commands)
    found: Flaws = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            known = []
            if node.name in copies:
                known.append(Evidence(kind=Kind.COPIED))
            if _reads_the_clock(node):
                known.append(Evidence(kind=Kind.CLOCK))
            if known:
                found[node.name] = tuple(known)
    return found


def steady(first: Report, again: Sequence[Report], turned: Sequence[Report]) -> Flaws:
    """What running tests several times shows; `turned`: in another order.

    All reports are of one and the same plugin.
    """
    found: Flaws = {}
    once = _verdicts(first)
    for name, verdicts in once.items():
        if any(_verdicts(each).get(name) != verdicts for each in again):
            found[name] = (Evidence(kind=Kind.FLAKY),)
        elif any(_verdicts(each).get(name) != verdicts for each in turned):
            found[name] = (Evidence(kind=Kind.ORDER),)
    return found


def trivial(report: Report, functions: Collection[str]) -> Flaws:
    """The tests that a plugin which does nothing passes, in every case."""
    verdicts = _verdicts(report)
    silent = (Verdict.AC, Verdict.CE, Verdict.IE)
    return {
        name: (Evidence(kind=Kind.TRIVIAL),)
        for name in functions
        if all(verdict in silent for _, verdict in verdicts.get(name, ()))
    }


def together(*several: Flaws) -> Flaws:
    """Put together what is known from several sides, in a fixed order."""
    names = dict.fromkeys(name for one in several for name in one)
    return {
        name: tuple(e for one in several for e in one.get(name, ())) for name in names
    }


def turned_round(source: str) -> str:
    """The same tests in the opposite order."""
    lines = source.split("\n")
    tests = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
    ]
    spans = [
        (min([t.lineno, *(d.lineno for d in t.decorator_list)]) - 1, t.end_lineno)
        for t in tests
    ]
    cut = [lines[first:last] for first, last in spans]
    for first, last in reversed(spans):
        del lines[first:last]
    return "\n".join([*lines, *("\n".join(part) + "\n\n" for part in reversed(cut))])


def _verdicts(report: Report) -> Mapping[str, frozenset[tuple[str, Verdict]]]:
    found: dict[str, set[tuple[str, Verdict]]] = {}
    for result in report.results:
        case = (
            result.test.rpartition("::")[2] if "[" not in result.test else result.test
        )
        name = result.test.partition("[")[0].rpartition("::")[2]
        found.setdefault(name, set()).add((case, result.verdict))
    return {name: frozenset(cases) for name, cases in found.items()}


def _reads_the_clock(test: ast.FunctionDef) -> bool:
    """Whether it asks what time it really is, instead of saying what time it is."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _NOW
        and bool(
            {*_CLOCKS} & {n.id for n in ast.walk(node.func) if isinstance(n, ast.Name)}
        )
        for node in ast.walk(test)
    )
