"""Warms up pytest while the image is built: runs it, and leaves it ready to run."""

import ast
import os
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from _pytest.assertion import rewrite
from plugwright_qa_runner import plugin_proxy, prepared, ready, run

WARM_RUNS = 3
"""The interpreter rewrites code while it learns from running it: better once here than
in every guest, where each page of it that is written has to be copied first."""
WARM_UP = """
import pytest
from plugin import echo

@pytest.fixture
def number():
    return 4

@pytest.mark.parametrize("x", [1, 2])
def test_passes(x, number):
    assert echo(x) == x

def test_fails(number):
    assert echo([1, 2]) == {"a": number}, "so"

def test_raises():
    with pytest.raises(ValueError, match="no"):
        raise ValueError("no")
"""


def placed(statement: ast.stmt) -> Iterator[ast.AST]:
    """Give what pytest made of an assertion its place in the source text.

    pytest asks for every node below, to place those that have none, from a generator in
    a generator for each level; that took longer than anything else before the first
    test. Here it places the first, and the others get the same at once.
    """
    yield statement
    place = {name: getattr(statement, name) for name in statement._attributes}
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if node._attributes and getattr(node, "lineno", None) is None:
            node.__dict__.update(place)
        for name in node._fields:
            inner = getattr(node, name, None)
            if isinstance(inner, list):
                waiting += [each for each in inner if isinstance(each, ast.AST)]
            elif isinstance(inner, ast.AST) and inner._fields:
                waiting.append(inner)


def warm_up() -> None:
    """Run while the image is built, so that every cache is in the image."""
    vars(rewrite)["traverse_node"] = placed
    # Where a test is in its file, of which there is none, costs more than most tests.
    pytest.Item.location = ("", None, "")  # type: ignore[assignment]
    os.chdir = lambda path: None  # pytest returns to where it started; here is nowhere

    results: list[str] = []

    def ask(service: str, arguments: dict[str, Any]) -> Any:
        if service == "judge.result":
            results.append(arguments["outcome"])
        if service == "plugin.command":
            return {"value": arguments["arguments"]["x"]}
        return None

    echo = {"function": "echo", "parameters": ["x"], "summary": ""}
    plugin = plugin_proxy({"echo": echo}, {}, ask)
    hook = sys.unraisablehook
    for _ in range(WARM_RUNS):
        run({"test_warm_up.py": WARM_UP}, plugin, ask)
    if results != ["passed", "passed", "failed", "passed"] * WARM_RUNS:
        raise RuntimeError(f"the warm-up ended with {results}")
    sys.unraisablehook = hook
    del sys.modules["plugin"]
    ready.append(prepared())
