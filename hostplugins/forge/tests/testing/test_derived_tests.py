"""Tests that need no model, before the real judge: who passes, and who is found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugwright.home import Home
from plugwright.host import Host
from plugwright.judging import Case, Verdict
from plugwright_forge.bench import CommandDescription
from plugwright_forge.skeletons import HEADER, empty_plugin, interface
from plugwright_forge.testing import SCOPES, Strategy, kinds_of
from plugwright_forge.testing.deriving import derived

INVARIANTS = [
    {"id": "I1", "text": "sort-lessons is idempotent."},
    {"id": "I2", "text": "The order of what sort-lessons gets does not matter."},
    {"id": "I3", "text": "What pack writes, unpack reads back."},
    {"id": "I4", "text": "No lesson is lost."},
]
GOOD = (
    HEADER
    + '''
import json


class Lesson(TypedDict):
    subject: str
    minutes: int


@command(name="sort-lessons")
def sort_lessons(lessons: list[Lesson]) -> list[Lesson]:
    """Do it."""
    return sorted(lessons, key=lambda each: (each["minutes"], each["subject"]))


@command(name="pack")
def pack(words: list[str]) -> str:
    """Do it."""
    return json.dumps(words)


@command(name="unpack")
def unpack(text: str) -> list[str]:
    """Do it."""
    try:
        words = json.loads(text)
    except ValueError:
        raise InputError("that was not packed here") from None
    if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
        raise InputError("that was not packed here")
    return words
'''
)
SORTED = "sort_lessons_lessons"


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with Host.discover(Home(Path(tmp_path_factory.mktemp("home")))) as host:
        yield host


@pytest.fixture
def judged(host, specify):
    """Judge code by what is derived; gives the tests that it does not pass."""
    specification = specify(invariants=INVARIANTS)
    files = {"plugin.py": interface(specification)}
    commands = {
        name: CommandDescription(
            function=each["function"],
            summary="",
            parameters=tuple(each["parameters"]),
            input=each["input"],
            output=each["output"],
        )
        for name, each in host.describe("tools", files)["commands"].items()
    }
    source = derived(specification, commands, SCOPES[Strategy.COMPREHENSIVE])

    def judge(code):
        case = Case(
            name="tools",
            files={"plugin.py": code or empty_plugin(specification)},
            tests={"test_plugin.py": source},
        )
        results = host.judge().judge(case).results
        assert {each.test.rpartition("::")[2] for each in results} == {
            *kinds_of(source)
        }
        return {
            each.test.rpartition("::")[2]: each.message
            for each in results
            if each.verdict is not Verdict.AC
        }

    return judge


def test_a_right_plugin_passes_every_one(judged):
    assert judged(GOOD) == {}


def test_an_empty_plugin_passes_none(judged):
    assert {*judged("")} == {
        f"test_edge_{SORTED}",
        f"test_error_{SORTED}",
        f"test_performance_{SORTED}",
        "test_property_sort_lessons_any_input",
        "test_property_pack_any_input",
        "test_property_unpack_any_input",
        "test_i1_property_sort_lessons",
        "test_i2_property_sort_lessons",
        "test_i3_property_pack",
    }


def test_an_order_that_matters_is_found_with_an_input_that_is_small(judged):
    code = GOOD.replace('(each["minutes"], each["subject"])', 'each["minutes"]')

    [(name, message)] = judged(code).items()

    assert name == "test_i2_property_sort_lessons"
    assert "Falsifying example: holds(" in message
    assert message.count("'subject'") <= 8


def test_a_way_back_that_does_not_lead_back_is_found(judged):
    code = GOOD.replace("json.dumps(words)", '" ".join(words)')
    code = code.replace("json.loads(text)", 'text.split(" ")')

    assert {*judged(code)} == {"test_i3_property_pack"}


def test_what_breaks_at_nothing_at_all_is_found(judged):
    code = GOOD.replace("    return sorted(", "    lessons[0]\n    return sorted(")

    found = judged(code)

    assert f"test_edge_{SORTED}" in found
    assert "test_property_sort_lessons_any_input" in found


def test_what_takes_anything_is_found(judged):
    code = GOOD.replace("lessons: list[Lesson]", "lessons: Any")
    code = code.replace("return sorted(lessons", "return sorted(list([] or [])")

    assert f"test_error_{SORTED}" in judged(code)


def test_what_takes_ever_more_fuel_is_found(judged):
    slow = """
    for one in lessons:
        for two in lessons:
            for three in lessons:
                pass
    return sorted("""
    code = GOOD.replace("    return sorted(", slow.lstrip("\n"))

    assert {*judged(code)} == {f"test_performance_{SORTED}"}


def test_without_examples_and_invariants_there_is_little_to_derive(specify, schemas):
    specification = specify(examples=["Something in words."])
    commands = {
        name: CommandDescription(
            function=name.replace("-", "_"),
            summary="",
            parameters=("x",),
            input=schema,
            output={"type": "string"},
        )
        for name, schema in schemas.items()
    }

    source = derived(specification, commands, SCOPES[Strategy.STRESS])

    assert [*kinds_of(source)] == [
        "test_property_sort_lessons_any_input",
        "test_property_pack_any_input",
        "test_property_unpack_any_input",
    ]
    assert "max_examples=200" in source


def test_basic_derives_nothing(specify, schemas):
    assert derived(specify(), {}, SCOPES[Strategy.BASIC]) == ""
