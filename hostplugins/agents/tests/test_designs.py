"""Each ability has a design of the usual form, and its criteria are tests."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import plugwright_agents
from plugwright_sdk.kit.templates import Answers, design

HERE = Path(__file__).parent
DESIGNS = HERE.parent / "designs"
NAMES = [offer.name for offer in plugwright_agents.abilities()]


def sections(text):
    return re.findall(r"^##? (.*)$", text, re.MULTILINE)


def test_there_is_one_for_each_ability_and_no_other():
    assert {path.stem for path in DESIGNS.glob("*.md")} == {*NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_it_has_the_sections_of_the_template(name):
    template = design(Answers(name=name, kind="host", hooks=("commands",)))
    text = (DESIGNS / f"{name}.md").read_text("utf-8")
    assert sections(text) == sections(template)


@pytest.mark.parametrize("name", NAMES)
def test_each_criterion_is_a_test(name):
    text = (DESIGNS / f"{name}.md").read_text("utf-8")
    criteria = re.findall(r"^- (.*)\.$", text.partition("## Success")[2], re.MULTILINE)
    files = "".join(path.read_text("utf-8") for path in HERE.glob(f"test_{name}*.py"))
    tests = re.findall(r"^def (test_\w+)", files, re.MULTILINE)
    wanted = {"test_" + re.sub(r"\W+", "_", each.lower()) for each in criteria}
    assert len(wanted) >= 10
    assert wanted - {*tests} == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_in_it_and_in_the_readme(name):
    from importlib import import_module
    from inspect import signature

    module = import_module(f"plugwright_agents.optional.{name}")
    [kind] = [
        each
        for each in vars(module).values()
        if getattr(each, "name", "") == name and each.__module__ == module.__name__
    ]
    text = (DESIGNS / f"{name}.md").read_text("utf-8")
    readme = (HERE.parent / "README.md").read_text("utf-8")
    for option in signature(kind).parameters:
        if option not in ("host", "each_run"):
            assert f"`{option}`" in text, option
            assert f"`{option}`" in readme, option
