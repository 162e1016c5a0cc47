"""Candidates that recognise the tests, before the real judge, in the real sandbox."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from plugwright.home import Home
from plugwright.host import Host
from plugwright.judging import Case, Verdict
from plugwright.sandboxes import Guest
from plugwright_forge.person import Absent
from plugwright_forge.product import Failure

ONCE = {"iterations": 0}
HONEST = 'max(lessons, key=lambda lesson: lesson["minutes"])'


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    with Host.discover(Home(Path(tmp_path_factory.mktemp("home")))) as host:
        yield host


@pytest.fixture
def judged(world, host, story):
    """Make a world whose judge runs what the implementers write."""

    def make(*bodies, **more):
        codes = [
            story.fenced(story.code.replace(f"return {HONEST}", b)) for b in bodies
        ]
        return world(
            implementer=codes,
            judge=host.judge(),
            describe=host.describe,
            **more,
        )

    return make


SEES = """
import builtins
import sys
import traceback

from plugwright_sdk import command


@command
def seen() -> list[str]:
    \"\"\"Tell everything that could tell a test from the day after it.\"\"\"
    stack = [f"{f.filename} {f.name}" for f in traceback.extract_stack()]
    return sorted({*sys.modules, *globals(), *dir(builtins), *sys.argv, *stack})
"""


def test_a_candidate_sees_nothing_when_judged_that_it_does_not_see_later(host):
    """Whoever would be right only where it is tested has nothing to tell it by."""
    guest = host.sandbox("wasm").open(
        Guest(
            name="plugin",
            files={"plugin.py": SEES},
            dispatcher="plugwright_sdk.guest:dispatch",
            packages=("plugwright_sdk",),
        )
    )
    guest.call("load", None)
    later = guest.call("command", {"name": "seen", "arguments": {}}).value
    guest.close()
    assert "sys" in later

    test = (
        "from plugin import seen\n\n\n"
        f"def test_the_same():\n    assert seen() == {later!r}\n"
    )
    report = host.judge().judge(
        Case(
            name="plugin",
            files={"plugin.py": SEES},
            tests={"test_plugin.py": test},
            permissions=(),
        )
    )

    assert [result.verdict for result in report.results] == [Verdict.AC], report


@pytest.mark.parametrize(
    "look",
    [
        "'test_plugin' in __import__('sys').modules",
        "'test_' in str(__import__('traceback').extract_stack())",
        "any('test_' in name for name in globals())",
    ],
)
def test_a_candidate_that_is_right_only_where_it_sees_a_test_is_not_proposed(
    judged, look
):
    here = judged(f"return {HONEST} if {look} else lessons[0]", options=ONCE)

    result = here.run()

    assert isinstance(result, Failure)
    assert "trusted tests fail" in result.missing[0]


def test_a_candidate_that_knows_the_inputs_of_the_tests_does_not_pass_the_gate(judged):
    """All that is not special-cased is reached by no test, and the mutants show it."""
    cheat = (
        "if [each['minutes'] for each in lessons] == [30, 45]:\n"
        "        return lessons[1]\n"
        "    first = lessons[0]\n"
        "    for each in lessons[1:]:\n"
        "        if each['minutes'] < first['minutes'] - 5 and len(lessons) > 3:\n"
        "            first = each\n"
        "    return first"
    )
    here = judged(cheat, options=ONCE)

    result = here.run()

    assert isinstance(result, Failure)
    assert any("small mistakes put into the code" in each for each in result.missing)


class Knows(Absent):
    """Knows which lesson is the longest."""

    def card(self, number, card):
        minutes = [int(each) for each in re.findall(r"-?\d+", card.input)]
        return "yes" if minutes and f"{max(minutes)}" in card.output else "no"


def test_an_honest_candidate_wins_over_those_that_know_the_inputs(judged):
    """The person is shown the input on which they differ, and says what is right."""
    cheat = (
        "return lessons[1] if [each['minutes'] for each in lessons] == [30, 45]"
        " else lessons[0]"
    )
    here = judged(cheat, f"return {HONEST}", cheat, person=Knows(), options=ONCE)

    result = here.run()

    assert HONEST in result.attempt.best.code
