"""Which sentences are understood as laws, and which are left to the tester."""

from __future__ import annotations

import pytest

from plugwright_forge.testing.properties import Law, understood


def read(specify, schemas, text, **changes):
    invariants = [{"id": "I1", "text": text}]
    return understood(specify(invariants=invariants, **changes), schemas)


@pytest.mark.parametrize(
    ("text", "law", "functions"),
    [
        (
            "What `pack` writes, `unpack` reads back.",
            Law.ROUND_TRIP,
            ["pack", "unpack"],
        ),
        ("unpack is the inverse of pack.", Law.ROUND_TRIP, ["unpack", "pack"]),
        ("sort-lessons is idempotent.", Law.IDEMPOTENT, ["sort_lessons"]),
        ("Calling sort_lessons twice is once.", Law.IDEMPOTENT, ["sort_lessons"]),
        (
            "For sort-lessons the order of the lessons does not matter.",
            Law.ANY_ORDER,
            ["sort_lessons"],
        ),
        ("pack is deterministic.", Law.SAME, ["pack"]),
        (
            "The same arguments of pack always give the same text.",
            Law.SAME,
            ["pack"],
        ),
    ],
)
def test_a_law_is_understood_with_its_commands(specify, schemas, text, law, functions):
    [found] = read(specify, schemas, text)

    assert found.law is law
    assert [each.function for each in found.commands] == functions


@pytest.mark.parametrize(
    "text",
    [
        "No lesson is lost by sort-lessons.",
        "It is deterministic.",  # which of the three?
        "pack is idempotent.",  # it gives a text and takes a list
        "The order of the letters given to unpack does not matter.",  # no list
        "sort-lessons can be undone.",
        "repackage is deterministic.",  # a word that only holds a name
    ],
)
def test_what_cannot_be_tried_is_left_to_the_tester(specify, schemas, text):
    assert read(specify, schemas, text) == ()


def test_the_only_command_goes_without_saying(specify, schemas):
    commands = specify().dump()["commands"][:1]

    [found] = read(specify, schemas, "It is idempotent.", commands=commands)

    assert found.commands[0].function == "sort_lessons"
