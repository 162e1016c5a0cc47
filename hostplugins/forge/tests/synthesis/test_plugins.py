"""A plugin is found from its specification's examples, or honestly not."""

from __future__ import annotations

import ast

import pytest

from plugwright_forge.decisions import specification
from plugwright_forge.synthesis.plugins import found_plugin

MATHS, ART = {"subject": "maths", "minutes": 30}, {"subject": "art", "minutes": 45}


def tried(gives, *lessons):
    call = {"command": "longest-lesson", "arguments": {"lessons": [*lessons]}}
    return {**call, "gives": gives} if gives else {**call, "refuses": True}


EXAMPLES = [tried(ART, MATHS, ART), tried(MATHS, MATHS), tried(ART, ART, MATHS)]


@pytest.fixture
def asked(story):
    return lambda **changes: specification(story.specified(**changes))


def test_the_plugin_has_the_interface_and_a_body_that_fits_the_examples(asked):
    source = found_plugin(asked(examples=[*EXAMPLES, tried(None)]))
    (function,) = (
        node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)
    )
    assert function.name == "longest_lesson"
    assert "raise InputError" in source
    assert "max(lessons, key=lambda x: x['minutes'])" in source


def test_without_enough_examples_there_is_none(asked):
    assert found_plugin(asked(examples=["In words alone."])) is None
    assert found_plugin(asked(examples=EXAMPLES[:1])) is None


@pytest.mark.parametrize(("function", "parameter"), [("max", "day"), ("find", "max")])
def test_a_name_of_python_that_means_something_else_here_is_not_called(
    story, asked, function, parameter
):
    (command,) = story.specification["commands"]
    own = {**command, "function": function}
    own["parameters"] = [{**command["parameters"][0], "name": parameter}]
    examples = [
        {**each, "arguments": {parameter: each["arguments"]["lessons"]}}
        for each in EXAMPLES
    ]

    assert found_plugin(asked(commands=[own], examples=examples)) is None


def test_what_events_do_is_not_guessed(asked):
    assert found_plugin(asked(examples=EXAMPLES, events=["week-over"])) is None


def test_what_it_imports_is_there(asked):
    counts = {"command": "longest-lesson"}
    examples = [
        {**counts, "arguments": {"lessons": words}, "gives": gives}
        for words, gives in (
            (["a", "b", "a"], {"a": 2, "b": 1}),
            (["x"], {"x": 1}),
            ([], {}),
        )
    ]
    source = found_plugin(asked(examples=examples))
    assert source.startswith("from collections import Counter\n")
