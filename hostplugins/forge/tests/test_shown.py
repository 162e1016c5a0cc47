"""Values for people: plain words and small tables, and the text itself in doubt."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from plugwright_forge import shown
from plugwright_forge.tables import drawn

LESSONS = '[{"subject": "maths", "start_time": 9}, {"subject": "art", "room": null}]'


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("45", "45"),
        ("12345678901234567890", "12345678901234567890"),
        ("45.0", "45.0"),
        ("true", "yes"),
        ("null", "nothing"),
        ('"art"', "art"),
        ('""', "an empty text"),
        ('"45"', "“45”"),
        ('"yes"', "“yes”"),
        ('" art"', "“ art”"),
        ("[]", "an empty list"),
        ("{}", "nothing in it"),
        ('["a", 1]', {"items": ["a", "1"]}),
        ('{"start_time": 9}', {"fields": [["start time", "9"]]}),
        ('{"days": [1]}', {"fields": [["days", {"items": ["1"]}]]}),
        (
            LESSONS,
            {
                "head": ["subject", "start time", "room"],
                "rows": [["maths", "9", ""], ["art", "", "nothing"]],
            },
        ),
        ('45 (and it tells "due")', {"items": ["45", '(and it tells "due")']}),
        ("to refuse this input", "to refuse this input"),
        ('{"cut short": [1, 2…', '{"cut short": [1, 2…'),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_a_result_is_shown_in_plain_words(text, seen):
    assert shown.result(text) == seen


def test_arguments_are_shown_by_name():
    found = shown.arguments('max_minutes = 45; note = "a = 1; b = 2"; days = [1]')

    assert found == {
        "fields": [
            ["max minutes", "45"],
            ["note", "a = 1; b = 2"],
            ["days", {"items": ["1"]}],
        ]
    }


def test_what_happened_before_is_shown_in_its_order():
    found = shown.arguments(
        'name = "x, after y", after `put` with n = 1; day = [2], '
        "then the event `due` with 3, then `put` with no input"
    )

    assert found == {
        "fields": [
            ["first put with", {"fields": [["n", "1"], ["day", {"items": ["2"]}]]}],
            ["then the event due with", "3"],
            ["then put with", "no input"],
            ["and now with", {"fields": [["name", "x, after y"]]}],
        ]
    }


@pytest.mark.parametrize(
    "value",
    [
        "45",
        {"items": ["a", {"fields": [["start time", "9"]]}]},
        {"head": ["subject", "room"], "rows": [["maths [b]", "{1}"]]},
    ],
)
def test_a_terminal_shows_all_of_it(value):
    console = Console(width=60, record=True, file=StringIO())
    console.print(drawn(value))
    seen = console.export_text()
    for word in _words(value):
        assert word in seen


def _words(value):
    if isinstance(value, str):
        return [value]
    each = value.values() if isinstance(value, dict) else value
    return [word for one in each for word in _words(one)]


@pytest.mark.parametrize(
    "text",
    [
        "a = 1, after something else",
        "a = 1, after `put` with",
        "a = 1, then `put` with b = 2",
        *("no input", "lessons = [1, 2…", "a = 1 and more", f"a = {'[' * 100_000}"),
    ],
)
def test_arguments_that_are_written_otherwise_are_shown_as_they_are(text):
    assert shown.arguments(text) == text


@pytest.mark.parametrize("text", ["45", '"art"', "to refuse this input", "[" * 99_999])
def test_there_is_nothing_to_change_in_a_short_value(text):
    assert shown.draft(text) == ""


def test_a_long_value_can_be_changed_where_it_is_wrong():
    assert shown.draft('{"day": ["ä"]}') == '{\n  "day": [\n    "ä"\n  ]\n}'


@pytest.mark.parametrize(
    ("output", "seen"),
    [
        ('[{"value": 45, "refused": false}]', "45"),
        ('[{"value": null, "refused": true}]', "it is refused"),
        ("[]", "[]"),
        ("what?", "what?"),
    ],
)
def test_what_was_seen_is_shown_in_plain_words(output, seen):
    assert shown.observed(output) == seen
