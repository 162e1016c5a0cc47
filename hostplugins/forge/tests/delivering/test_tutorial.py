"""The tutorial shows calls that were made, and the README what is known for sure."""

from __future__ import annotations

import json

import pytest

from plugwright.judging import Observed, Report, TestResult, Verdict
from plugwright_forge.decisions import specification
from plugwright_forge.delivering.tutorial import (
    Demonstration,
    demonstrations,
    tutorial,
)
from plugwright_forge.delivering.written import calls
from plugwright_forge.documentation import with_facts
from plugwright_forge.fences import markdown_file
from plugwright_forge.probing import output_of

TESTS = """\
from plugin import longest_lesson

ART = {"subject": "art", "minutes": 45}


def test_r1_an_empty_day_is_refused():
    longest_lesson([])


def test_r1_the_longest():
    day = [ART, {"subject": "art", "minutes": -30}]
    assert longest_lesson(lessons=day)["subject"] == "art"


def test_r2_what_is_computed_is_left_out():
    assert longest_lesson([each for each in ()])
    assert longest_lesson(open("x"))
    assert longest_lesson({1: {2}})
"""


class Sandbox:
    """Where one plugin runs: it gives the longest lesson, or refuses."""

    def __init__(self):
        self.inputs = []

    def observe(self, probes):
        self.inputs = [probe.arguments for probe in probes]
        return tuple(output_of([self._run(p.arguments["lessons"])]) for p in probes)

    def _run(self, lessons):
        if not lessons:
            return Observed(refused=True)
        return Observed(value=max(lessons, key=lambda each: each["minutes"]), fuel=7)


@pytest.fixture
def wanted(story):
    def make(**changes):
        return specification(story.specified(**changes))

    return make


def test_a_call_of_a_test_is_run_and_its_answer_shown(wanted):
    bench = Sandbox()
    shown = demonstrations(bench.observe, wanted(), TESTS)

    day = [{"subject": "art", "minutes": 45}, {"subject": "art", "minutes": -30}]
    assert bench.inputs == [{"lessons": []}, {"lessons": day}]
    text = "\n".join(tutorial(wanted(), shown))
    assert "plugwright run lesson-finder longest-lesson --input input.json" in text
    assert text.endswith('and it answers:\n\n    {"minutes": 45, "subject": "art"}')


def test_an_approved_example_comes_first(wanted):
    told = {
        "command": "longest-lesson",
        "arguments": {"lessons": [{"subject": "maths", "minutes": 1}]},
        "gives": {"subject": "maths", "minutes": 1},
    }
    bench = Sandbox()
    (shown,) = demonstrations(bench.observe, wanted(examples=[told]), TESTS)
    assert shown.value == told["gives"]


def test_what_gave_no_answer_is_said_to_have_none(wanted):
    refused = "def test_r1_none():\n    longest_lesson([])\n"
    for tests in ("def (", "", refused):
        assert demonstrations(Sandbox().observe, wanted(), tests) == ()
    assert "No input that was tried gave an answer" in "\n".join(tutorial(wanted(), ()))


def test_a_long_answer_is_cut_and_says_so(wanted):
    many = [{"minutes": n} for n in range(50)]
    shown = Demonstration(
        command="longest-lesson", arguments={"lessons": many}, value=many
    )
    text = "\n".join(tutorial(wanted(), [shown]))
    given = text.partition("`input.json`:")[2].partition("Then type")[0]
    assert json.loads(given) == {"lessons": many}
    assert text.endswith("… and 112 more lines")


def test_the_readme_says_point_by_point_what_is_shown(wanted):
    settings = [{"name": "MOST", "value": 6, "meaning": "Lessons at most.", "most": 9}]
    about = wanted(settings=settings)
    report = Report(
        results=(
            TestResult(test="test_plugin.py::test_r1_a", verdict=Verdict.AC),
            TestResult(test="test_plugin.py::test_r1_b[1]", verdict=Verdict.WA),
        )
    )
    text = with_facts("# It\n", about, about.permissions, report, (), ("What\x1b[2J?",))

    assert markdown_file(text) == text
    assert "- **R1** Gives the longest lesson. (1 of 2 tests of it pass)" in text
    assert "- **R2** Counts all lessons. (not tested)" in text
    assert ": Keeps the count." in text
    assert "- `MOST`, now 6: Lessons at most. (a whole number of at most 9)" in text
    assert 'plugwright forge improve lesson-finder "WHAT SHOULD CHANGE"' in text
    assert "- What [2J?" in text
    assert "It only computes" in with_facts("# It", about, (), report, (), ())


HELPERS = """\
from plugin import longest_lesson

USUAL = [{"subject": "art", "minutes": 45}]


def lesson(subject="maths", *more, minutes=30, **rest):
    return {"subject": subject, "minutes": minutes, "more": list(more), **rest}


def day(*lessons):
    'A day.'
    return list(lessons) or USUAL


def for_ever(day):
    return for_ever(day)


def computed():
    made = []
    return made


def test_r1():
    longest_lesson(day())
    longest_lesson(lessons=day(lesson(), lesson("art", 1, minutes=5, room=-2)))
    longest_lesson(for_ever(1))
    longest_lesson(computed())
    longest_lesson(day(), 2)
    longest_lesson(**{"lessons": [*USUAL, *USUAL]})
"""


def test_what_small_helpers_make_is_read_without_running_them(wanted):
    assert [*calls(HELPERS, wanted().commands[0])] == [
        {"lessons": [{"subject": "art", "minutes": 45}]},
        {
            "lessons": [
                {"subject": "maths", "minutes": 30, "more": []},
                {"subject": "art", "minutes": 5, "more": [1], "room": -2},
            ]
        },
        {"lessons": [{"subject": "art", "minutes": 45}] * 2},
    ]
