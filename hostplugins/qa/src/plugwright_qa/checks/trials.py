"""Whether tests look at every command."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from plugwright.validation import Finding
from plugwright_qa.checks.documents import words
from plugwright_qa.checks.reading import Bundle


def tests_are_there(bundle: Bundle) -> Iterator[Finding]:
    """There is at least one file of tests."""
    if not bundle.tests:
        yield Finding(
            what="there are no tests, so nobody can tell whether it does what it says",
            remedy="write `tests/test_plugin.py`; without one it cannot be approved",
        )


def commands_are_tested(bundle: Bundle) -> Iterator[Finding]:
    """Every command is mentioned by a test, by its own name or its function's."""
    if not bundle.tests:
        return
    functions = _functions(bundle)
    named = words("\n".join(bundle.tests.values()))
    for command in bundle.commands:
        spellings = {command, command.replace("-", "_"), functions.get(command, "")}
        if named.isdisjoint(spellings):
            yield Finding(
                what=f"no test mentions the command `{command}`",
                where="tests",
                remedy="write one that calls it",
            )


def _functions(bundle: Bundle) -> dict[str, str]:
    """Give the functions of the commands that have a name of their own."""
    found = {}
    for module in bundle.modules.values():
        for node in ast.walk(module) if module else ():
            if isinstance(node, ast.FunctionDef):
                for decorator in node.decorator_list:
                    if name := _given_name(decorator):
                        found[name] = node.name
    return found


def _given_name(decorator: ast.expr) -> str:
    """Read `@command(name="...")`, under whatever name `command` goes."""
    if isinstance(decorator, ast.Call):
        for keyword in decorator.keywords:
            value = keyword.value
            if (
                keyword.arg == "name"
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
            ):
                return value.value
    return ""
