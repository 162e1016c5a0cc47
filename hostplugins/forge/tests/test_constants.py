"""Constants are found where they surely are, and changed without touching the rest."""

from __future__ import annotations

import ast

import pytest

from plugwright_forge.constants import constants, lacking, with_values

SOURCE = '''\
"""Plans. – naïve"""
MINUTES = 30  # how long a lesson is
NAME: str = "Ä"; DEBT = -2.5
LOUD = True
LONG = (
    "one "
    "two"
)
COUNT = 0
TWICE = 1
TWICE = 2
SUM = 1 + 1


def plan():
    global COUNT
    COUNT += 1
    return MINUTES
'''


def test_what_is_bound_once_to_a_written_value_is_a_constant():
    assert constants(SOURCE) == {
        "MINUTES": 30,
        "NAME": "Ä",
        "DEBT": -2.5,
        "LOUD": True,
        "LONG": "one two",
    }
    assert lacking(SOURCE, ["MINUTES", "SUM", "NONE"]) == ("SUM", "NONE")


def test_only_the_value_changes():
    changed = with_values(SOURCE, {"MINUTES": 45, "DEBT": 1.5, "LONG": "x"})
    assert "MINUTES = 45  # how long a lesson is\n" in changed
    assert 'NAME: str = "Ä"; DEBT = 1.5\n' in changed
    assert "LONG = (\n    'x'\n)" in changed
    assert constants(changed)["LONG"] == "x"
    assert len(ast.parse(changed).body) == len(ast.parse(SOURCE).body)


def test_the_same_values_leave_the_same_program():
    same = with_values(SOURCE, constants(SOURCE))
    assert ast.dump(ast.parse(same)) == ast.dump(ast.parse(SOURCE))


@pytest.mark.parametrize("source", ["def (", "x = '\ud800'", "\0"])
def test_what_is_no_python_has_no_constants(source):
    assert constants(source) == {}


@pytest.mark.parametrize(
    "more",
    [
        "for MOST in (): pass",
        "def MOST(): pass",
        "import x as MOST",
        "def plan(MOST): pass",
        "def plan():\n    global MOST",
        "(MOST := 2)",
        "del MOST",
        "match 1:\n    case MOST: pass",
        "try: pass\nexcept ValueError as MOST: pass",
    ],
)
def test_a_name_that_something_else_binds_is_no_constant(more):
    assert constants("MOST = 1\n") == {"MOST": 1}
    assert constants(f"MOST = 1\n{more}\n") == {}
