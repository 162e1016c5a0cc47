"""Which tests show which requirement, and of which commands they speak."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping

from plugwright_forge.acceptance import requirement_of
from plugwright_forge.specification import Specification


def commands_of(tests: str, specification: Specification) -> Mapping[str, set[str]]:
    """Give the functions of commands that the tests of each requirement call."""
    found: dict[str, set[str]] = {each.id: set() for each in specification.requirements}
    for test in functions(tests):
        requirement = requirement_of(test.name)
        if requirement in found:
            found[requirement] |= named(test) & specification.functions
    return found


def functions(tests: str) -> Iterator[ast.FunctionDef]:
    """Give the test functions of a file; none, if it is no Python."""
    try:
        body = ast.parse(tests).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test"):
            yield node


def named(node: ast.AST) -> set[str]:
    """Give every name that is read somewhere inside."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}


def sentence(test: ast.FunctionDef) -> str:
    """Give what a test says of itself in words."""
    return ast.get_docstring(test, clean=False) or ""


def without(tests: str, names: Collection[str]) -> str:
    """Leave out some test functions; everything else stays as it is."""
    lines = tests.split("\n")
    for node in reversed([*functions(tests)]):
        if node.name in names:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            del lines[first - 1 : node.end_lineno]
    return "\n".join(lines).rstrip("\n") + "\n"
