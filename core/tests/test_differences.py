"""An upgrade is told in plain words: what it gains comes first, nothing is hidden."""

from __future__ import annotations

from dataclasses import fields

import pytest
from doubles import PLUGIN, make_bundle

from plugwright.bundles import Bundle
from plugwright.differences import LONGEST, MOST, QUOTAS, diff, differences
from plugwright.manifest import CommandSpec
from plugwright.quotas import Quota

TWO = "def test_one():\n    ...\n\n\ndef test_two():\n    ...\n"


def between(old, new):
    """Compare two versions, each by what makes it special."""
    return differences(make_bundle(**old), make_bundle(**new))


def with_files(**files):
    return Bundle({**make_bundle().files, **files})


def test_the_same_is_not_different():
    assert not between({}, {})
    assert not between({"version": "1"}, {"version": "2"})
    assert [*diff(make_bundle(), make_bundle())] == []


# Permissions.


def test_what_it_gains_comes_first_and_is_marked():
    found = between({"permissions": ("storage",)}, {"permissions": ("clock", "log")})
    assert found.permissions == (
        "NEW: it may know the date and the time — it needs it",
        "NEW: it may write messages into Plugwright's log — it needs it",
        "no longer: it may keep notes of its own on this computer (up to 4 MB)",
    )


def test_what_became_wider_is_new_and_says_what_it_was():
    [said] = between(
        {"permissions": ("events.emit:lesson-*",)},
        {"permissions": ("events.emit:*",)},
    ).permissions
    assert said.startswith("NEW: it ")
    assert "(before: it " in said
    assert "lesson-" in said.partition("(before: ")[2]


def test_what_became_narrower_is_less_and_says_what_it_was():
    [said] = between(
        {"permissions": ("events.emit:*",)},
        {"permissions": ("events.emit:lesson-*",)},
    ).permissions
    assert said.startswith("less: it ")
    assert "lesson-" in said.partition("(before: ")[0]


def test_another_reason_is_told():
    old = make_bundle(permissions=("clock",))
    text = old.files["plugin.toml"].decode().replace("it needs it", "for fun")
    new = Bundle({**old.files, "plugin.toml": text.encode()})
    assert differences(old, new).permissions == (
        "another reason why it may know the date and the time: for fun",
    )


# Limits.


def test_what_it_may_use_more_of_comes_first():
    found = between(
        {"quota": Quota(fuel=2000, seconds=10, memory=64 << 20)},
        {"quota": Quota(fuel=1000, seconds=30, memory=128 << 20)},
    )
    assert found.quotas == (
        "MORE time for a call: 30 s (before: 10 s)",
        "MORE memory: 128 MB (before: 64 MB)",
        "less steps of computing: 1,000 fuel (before: 2,000 fuel)",
    )


def test_every_limit_has_words():
    assert [*QUOTAS] == [each.name for each in fields(Quota)]


# What it offers.


def test_what_it_offers_is_compared_door_by_door():
    echo = CommandSpec(summary="Says it back", parameters=("text",))
    found = between(
        {
            "commands": {"double": ("number",), "halve": ()},
            "events": ("started",),
            "tools": {"echo": echo},
        },
        {
            "commands": {"double": ("number", "times"), "treble": ()},
            "events": ("ended",),
            "validates": ("text",),
            "memory": True,
            "engine": "restricted",
            "summary": "Doubles more",
        },
    )
    assert found.doors == (
        "it runs in the engine `restricted` (before: `wasm`)",
        "new command `treble`",
        "gone: command `halve`",
        "changed command `double`",
        "gone: tool `echo`",
        "new event that it hears `ended`",
        "gone: event that it hears `started`",
        "new kind that it validates `text`",
        "it offers a memory",
        "it says of itself: Doubles more (before: Doubles numbers)",
    )
    back = between({"memory": True}, {})
    assert back.doors == ("it offers no memory any more",)


# Tests and code.


def test_tests_are_compared_by_their_names():
    found = between({"tests": TWO}, {"tests": TWO.replace("two", "three")})
    assert found.tests == (
        "gone: test `test_two`",
        "new test `test_three`",
        "`tests/test_it.py`: 1 line more, 1 line less",
    )
    assert found.code == ()


def test_files_that_come_and_go_are_named():
    old = with_files(**{"old.py": b"a\n", "tests/test_old.py": b"def test_x(): ...\n"})
    new = with_files(**{"new.py": b"a\nb\n", "README.md": b"hello\n"})
    found = differences(old, new)
    assert found.code == (
        "new: `README.md`, 1 line",
        "new: `new.py`, 2 lines",
        "gone: `old.py`, 1 line",
    )
    assert found.tests == (
        "gone: test `test_x`",
        "gone: `tests/test_old.py`, 1 line",
    )


def test_changed_lines_are_counted():
    found = between({"source": PLUGIN}, {"source": f"{PLUGIN}\n# one\n# two\n"})
    assert found.code == ("`plugin.py`: 3 lines more, 0 lines less",)


def test_lines_that_only_moved_are_told_so():
    found = differences(
        with_files(**{"a.py": b"x\ny\n"}), with_files(**{"a.py": b"y\nx\n"})
    )
    assert found.code == ("`a.py`: the same lines in another order",)


def test_what_is_no_text_is_told_by_its_name():
    old, new = with_files(**{"a.png": b"\x89"}), with_files(**{"a.png": b"\x88"})
    assert differences(old, new).code == ("`a.png` is another",)
    assert [*diff(old, new)] == [
        ("a.png", "It is no text, so its lines cannot be shown.")
    ]


def test_of_very_many_differences_some_are_told_and_all_are_counted():
    many = "".join(f"def test_{n:03}(): ...\n" for n in range(100))
    found = between({}, {"tests": many})
    assert len(found.tests) == MOST + 1
    assert found.tests[0] == "new test `test_000`"
    assert found.tests[-1] == f"and {101 - MOST} more"


# Line by line.


def test_every_changed_line_can_be_read():
    [(path, changes)] = diff(make_bundle(), make_bundle(PLUGIN.replace("2", "3")))
    assert path == "plugin.py"
    lines = changes.split("\n")
    assert lines[:2] == ["--- 1/plugin.py", "+++ 1/plugin.py"]
    assert "-    return 2 * number" in lines
    assert "+    return 3 * number" in lines


def test_what_a_screen_would_obey_is_written_as_an_escape():
    old = with_files(**{"data.json": b"a\nb\n"})
    new = with_files(**{"data.json": "a\x1b[2J\rz\u202e\x0b\nb\n".encode()})
    [(_, changes)] = diff(old, new)
    assert not {*changes} & {*"\x1b\r\x0b\u202e"}
    assert "+a\\u001b[2J" in changes
    assert "\\u202e" in changes


def test_other_ends_of_lines_are_told():
    old, new = with_files(**{"a.md": b"x\n"}), with_files(**{"a.md": b"x\r\n"})
    assert [*diff(old, new)] == [("a.md", "Only the ends of its lines are different.")]
    assert differences(old, new).code == ("`a.md`: 1 line more, 1 line less",)


@pytest.mark.parametrize("lines", [LONGEST - 1, LONGEST])
def test_what_is_too_long_to_be_aligned_is_shown_whole(lines):
    text = b"".join(b"%d\n" % number for number in range(lines))
    old, new = with_files(**{"a.py": text}), with_files(**{"a.py": text + b"x\n"})
    [(_, changes)] = diff(old, new)
    assert changes.endswith("\n+x")
    assert changes.count("\n-") == (lines if lines >= LONGEST else 0)
