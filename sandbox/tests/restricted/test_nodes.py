"""Every syntax node of this interpreter is decided on; an unknown one is refused.

A new version of Python brings new nodes. This list fails then, and somebody has to look
at what the node can do before it is added to the policy.
"""

from __future__ import annotations

import ast

import pytest

from plugwright_sandbox.restricted.language import Policy, compile_guarded
from plugwright_sandbox.restricted.rules import RefusedCode

REFUSED = {"AsyncFor", "AsyncFunctionDef", "AsyncWith", "Await", "TryStar"}
REFUSED |= {"TemplateStr", "Interpolation"}  # from Python 3.14 on
NEVER_PARSED = {"FunctionType", "TypeIgnore", "Interactive"}
OLD = {"AugLoad", "AugStore", "Bytes", "Ellipsis", "ExtSlice", "Index", "NameConstant"}
OLD |= {"Num", "Param", "Str", "Suite"}
ABSTRACT = {"AST", "boolop", "cmpop", "excepthandler", "expr", "expr_context", "mod"}
ABSTRACT |= {"operator", "pattern", "slice", "stmt", "type_ignore", "type_param"}
ABSTRACT |= {"unaryop"}


def nodes() -> list[str]:
    return sorted(
        name
        for name, found in vars(ast).items()
        if isinstance(found, type) and issubclass(found, ast.AST)
        if not name.startswith("_")
    )


def decided(name: str) -> bool:
    return hasattr(Policy, f"visit_{name}")


@pytest.mark.parametrize(
    "name", [n for n in nodes() if n not in NEVER_PARSED | OLD | ABSTRACT]
)
def test_every_node_is_decided_on(name):
    assert decided(name) or name in REFUSED, f"`{name}` is new: look at it first"


@pytest.mark.parametrize("name", sorted(REFUSED & set(nodes())))
def test_a_node_that_is_refused_has_a_rule_with_a_name(name):
    policy = Policy(ast.Module([], []), "plugin.py", {}, [])
    kind = getattr(ast, name)
    policy.visit(kind.__new__(kind))

    (refusal,) = policy.refusals
    assert refusal.rule in ("async", "except-star", "template-string")


def test_a_node_that_nobody_knows_is_refused():
    class Surprise(ast.stmt):
        pass

    policy = Policy(ast.Module([], []), "plugin.py", {}, [])
    policy.visit(ast.Module([ast.Expr(ast.Constant(1)), Surprise(lineno=7)], []))

    (refusal,) = policy.refusals
    assert refusal == (
        *("syntax", "plugin.py", 7),
        "`Surprise` syntax is not part of the dialect",
    )


def test_all_refusals_are_told_at_once_with_file_and_line():
    source = "import os\nx = y.__class__\n"

    with pytest.raises(RefusedCode) as caught:
        compile_guarded(source, "plugin.py", offers={}, own=[])

    assert caught.value.where == "plugin.py:1"
    assert str(caught.value) == (
        "plugin.py:1: rule `import`: `os` cannot be imported; a plugin imports its own "
        "files and what the host offers;\n"
        "plugin.py:2: rule `underscore-attribute`: `.__class__` is closed; use "
        "`type(...)`"
    )


def test_of_many_refusals_the_first_ten_are_told():
    with pytest.raises(RefusedCode) as caught:
        compile_guarded("x.__a__\n" * 12, "plugin.py", offers={}, own=[])

    assert str(caught.value).splitlines()[9:] == [
        "plugin.py:10: rule `underscore-attribute`: `.__a__` is closed;",
        "and 2 more",
    ]
