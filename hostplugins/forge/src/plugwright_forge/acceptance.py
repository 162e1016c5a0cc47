"""The acceptance tests: written by one who never sees code, trusted once they refuse.

Trust is given to a test function as a whole: it has to fail, in at least one of its
cases, on a plugin that does nothing; it has to say the same three times, in any order;
and it may not get what it expects from the plugin. What does not is kept, with what
speaks against it, but rejects no candidate.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from plugwright.judging import Report, Verdict
from plugwright.providers import Sampling
from plugwright_forge.bench import Bench, NotDescribed
from plugwright_forge.budget import OutOfBudget
from plugwright_forge.choice import Evidence
from plugwright_forge.fences import Malformed, python_file
from plugwright_forge.skeletons import empty_plugin, interface
from plugwright_forge.specification import Specification
from plugwright_forge.steering import InCircles
from plugwright_forge.team import Assignment, Reply, Team, Unusable
from plugwright_forge.testing import SCOPES, Strategy, TestKind, kinds_of
from plugwright_forge.testing.asking import Task, tasks
from plugwright_forge.testing.collected import hidden
from plugwright_forge.testing.deriving import derived
from plugwright_forge.testing.examples import examples_as_tests
from plugwright_forge.testing.filters import (
    flaws,
    steady,
    together,
    trivial,
    turned_round,
)
from plugwright_forge.testing.joining import joined
from plugwright_forge.watching import Watcher
from plugwright_forge.wording import specification_in_words

FILE = "test_plugin.py"
_DEEPEST = 100
"""Levels of a syntax tree: what reads it may not run out of stack."""
_REQUIREMENT = re.compile(r"test_(r[1-9][0-9]?)(_|$)")


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """One file of tests, and which of them count."""

    source: str
    functions: tuple[str, ...]
    """Every test function, in the order of the file."""
    trusted: frozenset[str]
    """Those that nothing was found against before candidates were judged."""
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    """What was found against a test; one that is not here has no flaw that is known."""

    @cached_property
    def kinds(self) -> Mapping[str, TestKind]:
        """What each test is about."""
        return kinds_of(self.source)

    @property
    def files(self) -> dict[str, str]:
        """As a judge wants them."""
        return {FILE: self.source}

    def without(self, functions: Collection[str]) -> Acceptance:
        """Leave out some tests."""
        kept = tuple(name for name in self.functions if name not in functions)
        source = cut(self.source, functions)
        return Acceptance(
            source=source,
            functions=kept,
            trusted=self.trusted & frozenset(kept),
            evidence={
                name: self.evidence[name] for name in kept if name in self.evidence
            },
        )


_NONE = Acceptance(source="", functions=(), trusted=frozenset())


def write_acceptance(
    team: Team,
    bench: Bench,
    request: str,
    specification: Specification,
    watcher: Watcher,
    strategy: Strategy = Strategy.BASIC,
) -> Acceptance:
    """Have the tests written, and find out which of them prove something.

    Where it has to end early, what is there counts: the examples at least.
    """
    parts = _parts(team, bench, request, specification, watcher, strategy)
    more = _derived(bench, specification, strategy)
    try:
        acceptance = _filtered(bench, specification, parts, more)
    except OutOfBudget as error:
        watcher.note(error.message)
        acceptance = _NONE
    return with_examples(acceptance, specification)


def write_more(
    team: Team,
    request: str,
    specification: Specification,
    acceptance: Acceptance,
    number: int,
) -> str | None:
    """Have other tests written beside those; None if nothing of use comes."""
    assignment = Assignment(
        role="test-engineer",
        page="more",
        sections={
            "request": request,
            "specification": specification_in_words(specification),
            "tests": "\n".join(f"- {name}" for name in acceptance.functions),
        },
        sampling=Sampling(temperature=0.6, seed=number, max_tokens=8192),
        about=f"more-{number}",
    )

    def read(reply: Reply) -> str:
        source = python_file(reply.text, FILE)
        checked(source, specification)
        return source

    try:
        return team.ask(assignment, read)
    except Unusable:
        return None


def with_more(
    bench: Bench,
    specification: Specification,
    acceptance: Acceptance,
    source: str,
    number: int,
) -> Acceptance | None:
    """Put another file behind the tests; None if it adds none that proves something."""
    both = [acceptance.source, source]
    whole = _filtered(bench, specification, both, "", f"more-{number}/")
    before = frozenset(acceptance.functions)
    if not whole.trusted - before:
        return None
    # What is known of the others stays: a person may have approved one.
    return Acceptance(
        source=whole.source,
        functions=whole.functions,
        trusted=acceptance.trusted | (whole.trusted - before),
        evidence={
            **{n: e for n, e in whole.evidence.items() if n not in before},
            **acceptance.evidence,
        },
    )


def _parts(
    team: Team,
    bench: Bench,
    request: str,
    specification: Specification,
    watcher: Watcher,
    strategy: Strategy,
) -> list[str]:
    """Have the files written, until there is nothing left to do it with."""
    parts: list[str] = []
    refused: Unusable | None = None
    try:
        for task in tasks(strategy, specification):
            try:
                parts.append(_written(team, bench, request, specification, task, parts))
            except Unusable as error:
                refused = error
    except (OutOfBudget, InCircles) as error:
        # The candidates are there, so the best of them can still be named.
        watcher.note(error.message)
        return parts
    if not parts and refused is not None:
        raise refused
    return parts


def _written(
    team: Team,
    bench: Bench,
    request: str,
    specification: Specification,
    task: Task,
    before: Collection[str],
) -> str:
    """Have one file written, behind those that are there."""
    taken = {ast.dump(test) for source in before for test in _tests(ast.parse(source))}
    sections = {
        "request": request,
        "specification": specification_in_words(specification),
    }
    if task.about:
        sections["requirements"] = ", ".join(each.id for each in task.requirements)
        sections["kinds"] = task.kinds_in_words
    assignment = Assignment(
        role="test-engineer",
        page="part" if task.about else "ask",
        sections=sections,
        sampling=Sampling(temperature=0.2, max_tokens=8192),
        about=task.about,
    )
    return team.ask(
        assignment, lambda reply: _read(reply, bench, specification, task, taken)
    )


def _derived(bench: Bench, specification: Specification, strategy: Strategy) -> str:
    """Add what needs no model; nothing, where the interface cannot be looked at."""
    scope = SCOPES[strategy]
    if not scope.derived:
        return ""
    try:
        described = bench.describe(
            "describe/tests", {"plugin.py": interface(specification)}
        )
    except NotDescribed:  # it loaded before, so this is the machine's doing
        return ""
    return derived(specification, described.commands, scope)


def _filtered(
    bench: Bench,
    specification: Specification,
    parts: Collection[str],
    more: str,
    about: str = "",
) -> Acceptance:
    """Put the files together, and record what speaks against each test."""
    alone = more or len(parts) > 1
    source = joined([*parts, more]) if alone else "".join(parts)
    functions = tuple(kinds_of(source))
    if not functions:
        return _NONE

    def judged(key: str, text: str) -> Report:
        return bench.judge(
            f"judge/empty/{about}{key}",
            "an empty plugin",
            {"plugin.py": empty_plugin(specification)},
            {FILE: text},
            specification,
        )

    first = judged("all", source)
    found = together(
        trivial(first, functions),
        flaws(source, specification.functions),
        steady(
            first, [judged("again", source)], [judged("turned", turned_round(source))]
        ),
    )
    trusted = frozenset(functions) - frozenset(found)
    return Acceptance(
        source=source, functions=functions, trusted=trusted, evidence=found
    )


def with_examples(acceptance: Acceptance, specification: Specification) -> Acceptance:
    """Add a test for each example that can be tried: a person approved it."""
    tests = examples_as_tests(specification)
    parts = filter(None, [acceptance.source.rstrip("\n"), *tests.values()])
    return Acceptance(
        source="\n\n\n".join(parts) + "\n",
        functions=(*acceptance.functions, *tests),
        trusted=acceptance.trusted | frozenset(tests),
        evidence=acceptance.evidence,
    )


@lru_cache(maxsize=4096)
def function_of(test: str) -> str:
    """Give the function of a test's id: `test_plugin.py::test_r1[monday]`."""
    return test.partition("[")[0].rpartition("::")[2]


def requirement_of(function: str) -> str:
    """Give the requirement that a test is about: `R1`."""
    found = _REQUIREMENT.match(function)
    return found[1].upper() if found else ""


def _read(
    reply: Reply,
    bench: Bench,
    specification: Specification,
    task: Task,
    taken: Collection[str],
) -> str:
    source = python_file(reply.text, FILE)
    functions = checked(source, specification)
    # What is asked of another file, or is in one, is left to that.
    wanted = {requirement.id for requirement in task.requirements}
    others = [
        test.name
        for test in _tests(ast.parse(source))
        if requirement_of(test.name) not in wanted or ast.dump(test) in taken
    ]
    if len(others) == len(functions):
        ids = ", ".join(requirement.id for requirement in task.requirements)
        raise Malformed(f"there is no test of {ids} that is not in another file")
    if others:
        source = cut(source, others)
        functions = checked(source, specification)
    # One more chance to be complete; after that, the gate says what is not tested.
    if reply.attempt == 1 and task.needs_all:
        _check_every_requirement(functions, task)
    report = bench.judge(
        "/".join(filter(None, ["judge/empty", task.about, str(reply.attempt)])),
        "an empty plugin",
        {"plugin.py": empty_plugin(specification)},
        {FILE: source},
        specification,
    )
    _check_worth(source, functions, report, specification)
    return source


def _check_worth(
    source: str,
    functions: tuple[str, ...],
    report: Report,
    specification: Specification,
) -> None:
    for result in report.results:
        if result.verdict is Verdict.CE:
            raise Malformed(f"the file does not load: {result.message}")
    proves = frozenset(functions) - frozenset(trivial(report, functions))
    if not proves:
        raise Malformed("every test passes on a plugin that does nothing")
    if not proves - frozenset(flaws(source, specification.functions)):
        raise Malformed(
            "every test that fails on an empty plugin gets what it expects from the "
            "plugin, or from the clock; write expected values out"
        )


def parsed(source: str) -> ast.Module:
    """Read a file of tests. Raises Malformed, also for what is nested too deeply."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Malformed(f"the file is not Python: {error}") from error
    level: list[ast.AST] = [tree]
    for _ in range(_DEEPEST):
        level = [inner for node in level for inner in ast.iter_child_nodes(node)]
    if level:
        raise Malformed("an expression is nested too deeply")
    return tree


def checked(source: str, specification: Specification) -> tuple[str, ...]:
    """Name the tests of a file. Raises Malformed for what is no file of tests."""
    tree = parsed(source)
    _check_imports(tree, specification)
    if name := next(hidden(tree), ""):
        raise Malformed(
            f"`{name}`: tests are plain functions here, `def test_...` at the "
            "beginning of a line; no class, no `async`, nothing inside of another block"
        )
    functions = tuple(node.name for node in _tests(tree))
    known = {requirement.id for requirement in specification.requirements}
    for name in functions:
        if requirement_of(name) not in known:
            raise Malformed(
                f"`{name}` does not begin with a requirement: `test_r1_...`"
            )
        if functions.count(name) > 1:
            raise Malformed(f"there are two tests named `{name}`")
    if not functions:
        raise Malformed("there is no test in the file")
    return functions


def _check_imports(tree: ast.Module, specification: Specification) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "plugin":
            for alias in node.names:
                if alias.name not in specification.functions:
                    raise Malformed(f"`plugin` has no command function `{alias.name}`")


def _check_every_requirement(functions: tuple[str, ...], task: Task) -> None:
    tested = {requirement_of(name) for name in functions}
    for requirement in task.requirements:
        if requirement.id not in tested:
            raise Malformed(f"{requirement.id} has no test: {requirement.text}")


def _tests(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield node


def cut(source: str, functions: Collection[str]) -> str:
    """Give a file without some of its tests."""
    lines = source.split("\n")
    for node in reversed([*_tests(ast.parse(source))]):
        if node.name in functions:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            del lines[first - 1 : node.end_lineno]
    return "\n".join(lines)
