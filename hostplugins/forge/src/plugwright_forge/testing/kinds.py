"""The kinds of tests: what each is about, and how one is told from another.

A kind is said in a test's name, behind the requirement: `test_r1_edge_an_empty_day`.
Where a name says nothing, what the test does tells.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from enum import StrEnum


class TestKind(StrEnum):
    """What a test is about."""

    __test__ = False  # not a test class, whatever pytest thinks of the name

    UNIT = "unit"
    INTEGRATION = "integration"
    EDGE = "edge"
    ERROR = "error"
    PROPERTY = "property"
    PERFORMANCE = "performance"
    EXAMPLE = "example"
    """One that a person approved; nobody is asked to write it."""


ASKED: Mapping[TestKind, str] = {
    TestKind.UNIT: "one command, ordinary arguments, and what it has to give.",
    TestKind.INTEGRATION: (
        "what it does with its host: what is in storage afterwards and what the next "
        "call makes of it, the events that it hears (`send`) and tells (`emitted`), "
        "and nothing that its permissions do not name."
    ),
    TestKind.EDGE: (
        "the smallest, the largest, nothing at all, the same twice, a tie, the last "
        "moment that still counts and the first that does not."
    ),
    TestKind.ERROR: (
        "what has to be refused: `with pytest.raises(InputError)`. Only what the "
        "specification says is refused."
    ),
    TestKind.PROPERTY: (
        "what holds whatever the input, with hypothesis: `@given(st.lists(...))`. "
        "Compare different calls (there and back again, twice, another order), never "
        "a call with itself."
    ),
    TestKind.PERFORMANCE: (
        "fuel against size: `from plugwright_sdk.testing import fuel`; `fuel()` is "
        "what the plugin used in this test so far. Call it once first, then measure a "
        "call with 16 things and one with 64, and compare: linear is about 4 times as "
        "much, the square 16 times."
    ),
}
"""What the tester is told about each."""

_KINDS = "|".join(TestKind)
_NAMED = re.compile(rf"test_(?:[ri][1-9][0-9]?_)?({_KINDS})(?:_|$)")
_DERIVED = re.compile(rf"test_(?:i[1-9][0-9]?_)?(?:{_KINDS})(?:_|$)")
_HOST = ("emitted", "logged", "send", "store", "stored")


def kinds_of(source: str) -> dict[str, TestKind]:
    """Give every test's kind."""
    return {
        node.name: _kind(node)
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
    }


def is_derived(function: str) -> bool:
    """Tell whether the forge made a test from the specification, without a model."""
    named = _DERIVED.match(function)
    return bool(named) and not function.startswith(f"test_{TestKind.EXAMPLE}")


def _kind(test: ast.FunctionDef) -> TestKind:
    if named := _NAMED.match(test.name):
        return TestKind(named[1])
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(test) if isinstance(node, ast.Attribute)}
    if "given" in names:
        return TestKind.PROPERTY
    if "fuel" in names:
        return TestKind.PERFORMANCE
    if names.intersection(_HOST):
        return TestKind.INTEGRATION
    return TestKind.ERROR if "raises" in names else TestKind.UNIT
