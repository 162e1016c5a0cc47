"""The acceptance tests: written by one who never sees code, trusted once they refuse.

Trust is given to a test function as a whole: it has to fail, in at least one of its
cases, on a plugin that does nothing. What passes there proves nothing; it is kept, but
rejects no candidate.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from plugwright.judging import Report, Verdict
from plugwright.providers import Sampling
from plugwright_forge.bench import Bench
from plugwright_forge.fences import Malformed, python_file
from plugwright_forge.skeletons import empty_plugin
from plugwright_forge.specification import Specification
from plugwright_forge.team import Assignment, Reply, Team
from plugwright_forge.wording import specification_in_words

FILE = "test_plugin.py"
_REQUIREMENT = re.compile(r"test_(r[1-9][0-9]?)(_|$)")
_SAYS_NOTHING = (Verdict.AC, Verdict.CE, Verdict.IE)


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """One file of tests, and which of them count."""

    source: str
    functions: tuple[str, ...]
    """Every test function, in the order of the file."""
    trusted: frozenset[str]

    @property
    def files(self) -> dict[str, str]:
        """As a judge wants them."""
        return {FILE: self.source}

    def without(self, functions: Collection[str]) -> Acceptance:
        """Leave out some tests."""
        kept = tuple(name for name in self.functions if name not in functions)
        source = _cut(self.source, functions)
        return Acceptance(
            source=source, functions=kept, trusted=self.trusted & frozenset(kept)
        )


def write_acceptance(
    team: Team, bench: Bench, request: str, specification: Specification
) -> Acceptance:
    """Have the tests written, and find out which of them prove something."""
    assignment = Assignment(
        role="test-engineer",
        sections={
            "request": request,
            "specification": specification_in_words(specification),
        },
        sampling=Sampling(temperature=0.2, max_tokens=8192),
    )
    return team.ask(assignment, lambda reply: _read(reply, bench, specification))


def function_of(test: str) -> str:
    """Give the function of a test's id: `test_plugin.py::test_r1[monday]`."""
    return test.partition("[")[0].rpartition("::")[2]


def requirement_of(function: str) -> str:
    """Give the requirement that a test is about: `R1`."""
    found = _REQUIREMENT.match(function)
    return found[1].upper() if found else ""


def _read(reply: Reply, bench: Bench, specification: Specification) -> Acceptance:
    source = python_file(reply.text, FILE)
    functions = _checked(source, specification)
    # One more chance to be complete; after that, the gate says what is not tested.
    if reply.attempt == 1:
        _check_every_requirement(functions, specification)
    report = bench.judge(
        f"judge/empty/{reply.attempt}",
        "an empty plugin",
        {"plugin.py": empty_plugin(specification)},
        {FILE: source},
        specification,
    )
    trusted = _trusted(report)
    return Acceptance(source=source, functions=functions, trusted=trusted)


def _trusted(report: Report) -> frozenset[str]:
    for result in report.results:
        if result.verdict is Verdict.CE:
            raise Malformed(f"the file does not load: {result.message}")
    trusted = frozenset(
        function_of(result.test)
        for result in report.results
        if result.verdict not in _SAYS_NOTHING
    )
    if not trusted:
        raise Malformed("every test passes on a plugin that does nothing")
    return trusted


def _checked(source: str, specification: Specification) -> tuple[str, ...]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Malformed(f"the file is not Python: {error}") from error
    _check_imports(tree, specification)
    if any(
        isinstance(n, ast.ClassDef) and n.name.startswith("Test") for n in tree.body
    ):
        raise Malformed("tests are plain functions here, not classes")
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


def _check_every_requirement(
    functions: tuple[str, ...], specification: Specification
) -> None:
    tested = {requirement_of(name) for name in functions}
    for requirement in specification.requirements:
        if requirement.id not in tested:
            raise Malformed(f"{requirement.id} has no test: {requirement.text}")


def _tests(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield node


def _cut(source: str, functions: Collection[str]) -> str:
    lines = source.split("\n")
    for node in reversed([*_tests(ast.parse(source))]):
        if node.name in functions:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            del lines[first - 1 : node.end_lineno]
    return "\n".join(lines)
