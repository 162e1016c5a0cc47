"""Whether a plugin is what was specified, and what it may do in the end."""

from __future__ import annotations

import ast

import pytest

from plugwright.judging import Report
from plugwright.manifest import Manifest
from plugwright.permissions import Permission
from plugwright_forge.bench import CommandDescription, Description
from plugwright_forge.decisions import specification
from plugwright_forge.fitting import manifest, misfits, unsettled
from plugwright_forge.integration import settle
from plugwright_forge.skeletons import empty_plugin, interface
from plugwright_forge.specification import Wish

LONGEST = CommandDescription("longest_lesson", "Another text.", ("lessons",))


def described(events=(), **commands):
    names = {name.replace("_", "-"): command for name, command in commands.items()}
    return Description(names, tuple(events))


@pytest.fixture
def specified(story):
    wishes = [
        {"permission": "storage", "reason": "Keeps."},
        {"permission": "events.emit:lesson-*", "reason": "Tells."},
    ]
    return specification(story.specified(events=["week-over"], permissions=wishes))


def test_what_fits_has_no_problems(specified):
    assert misfits(specified, described(["week-over"], longest_lesson=LONGEST)) == ()


@pytest.mark.parametrize(
    ("description", "problem"),
    [
        (described(["week-over"]), "there is no command `longest-lesson`: write @com"),
        (
            described(
                ["week-over"],
                longest_lesson=CommandDescription("longest_lesson", "", ("day",)),
            ),
            "has another signature: write "
            '@command(name="longest-lesson") def longest_lesson(lessons)',
        ),
        (
            described(["week-over"], longest_lesson=LONGEST, more=LONGEST),
            "there is a command `more` that nobody asked for",
        ),
        (described(longest_lesson=LONGEST), 'add @on("week-over")'),
        (
            described(["week-over", "x"], longest_lesson=LONGEST),
            "listens to the event `x`, which nobody asked for",
        ),
        (
            described(
                ["week-over"],
                longest_lesson=CommandDescription(
                    "longest_lesson", "", ("lessons",), {"default": None}
                ),
            ),
            "cannot be written as TOML",
        ),
    ],
)
def test_what_does_not_fit_is_said_so_that_it_can_be_mended(
    specified, description, problem
):
    [said] = misfits(specified, description)

    assert problem in said


def test_the_manifests_words_are_the_specifications(specified):
    description = described(["week-over"], longest_lesson=LONGEST)
    about = manifest(specified, description, (), {"session": "x"})

    assert about.commands["longest-lesson"].summary == "Find the longest lesson."
    assert Manifest.parse(about.dumps()) == about


def wish(text, reason="Proposed."):
    return Wish(permission=Permission.parse(text), reason=reason)


@pytest.mark.parametrize(
    ("used", "proposed"),
    [
        ((), ()),
        (("storage",), ("storage",)),
        ((), ("storage",)),
        (("events.emit:lesson-due",), ("events.emit:lesson-due",)),
        (("events.emit:lesson-due",), ("events.emit:lesson-*", "storage")),
    ],
)
def test_a_proposal_between_what_was_used_and_specified_is_taken(
    specified, used, proposed
):
    wishes = tuple(wish(text) for text in proposed)

    settled = settle(specified, Report(results=(), used=used), wishes)

    assert settled.permissions == wishes
    assert settled.unsure == ()


@pytest.mark.parametrize(
    ("used", "proposed", "settled"),
    [
        (("storage",), (), {"storage": "Keeps."}),
        ((), ("clock",), {}),
        ((), ("events.emit:*",), {}),
        (
            ("events.emit:lesson-due", "storage"),
            ("storage", "log"),
            {"events.emit:lesson-due": "Tells.", "storage": "Keeps."},
        ),
    ],
)
def test_otherwise_the_facts_win_and_it_is_noted(specified, used, proposed, settled):
    wishes = tuple(wish(text) for text in proposed)

    found = settle(specified, Report(results=(), used=used), wishes)

    assert {str(w.permission): w.reason for w in found.permissions} == settled
    assert "settled by what the tests showed in use" in found.unsure[0]


def test_an_interface_is_the_plugin_without_bodies(specified):
    source = interface(specified)

    ast.parse(source)
    assert "class Lesson(TypedDict):" in source
    assert "def longest_lesson(lessons: list[Lesson]) -> Lesson:" in source
    assert '@on("week-over")' in source


def test_an_empty_plugin_takes_anything_and_does_nothing(specified):
    source = empty_plugin(specified)

    ast.parse(source)
    assert "def longest_lesson(lessons=None):\n    return None" in source
    assert '@on("week-over")' in source


@pytest.mark.parametrize("summary", ['Say "hello".', "A \\ b.", 'Ends with "'])
def test_a_summary_cannot_break_out_of_its_docstring(story, summary):
    command = {**story.specification["commands"][0], "summary": summary}
    found = specification(story.specified(commands=[command]))

    [function] = [
        node
        for node in ast.parse(interface(found)).body
        if isinstance(node, ast.FunctionDef)
    ]

    assert ast.get_docstring(function) == summary


def test_a_setting_has_to_be_a_constant_of_the_file(story):
    settings = [
        {"name": "MOST", "value": 6, "meaning": "Lessons at most.", "least": 1},
        {"name": "LOUD", "value": True, "meaning": "Whether it shouts."},
    ]
    wanted = specification(story.specified(settings=settings))

    assert unsettled(wanted, "MOST = 6\nLOUD = 1 == 1\n") == (
        "the setting `LOUD` is no constant: write `LOUD = True` once, at the top of "
        "the file, and use it",
    )
    assert "\nMOST = 6  # Lessons at most.\n" in interface(wanted)
