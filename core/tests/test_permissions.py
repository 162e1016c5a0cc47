"""Permissions are few, narrow and said in plain words."""

from __future__ import annotations

import pytest

from plugwright.errors import UsageError
from plugwright.permissions import Permission, nearest, size_in_words


@pytest.mark.parametrize(
    "text",
    [
        "storage",
        "log",
        "clock",
        "events.emit:lesson-due",
        "events.emit:lesson-*",
        "events.emit:*",
    ],
)
def test_a_permission_reads_as_it_is_written(text):
    assert str(Permission.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("storag", "did you mean `storage`?"),
        ("storage:all", "did you mean `storage`?"),
        ("events.emt:x", "did you mean `events.emit:NAME`?"),
        ("network", "use one of `clock`, `events.emit:NAME`, `log`, `storage`"),
        ("", "use one of `clock`, `events.emit:NAME`, `log`, `storage`"),
    ],
)
def test_what_is_no_permission_is_answered_with_the_nearest(text, remedy):
    with pytest.raises(UsageError) as told:
        Permission.parse(text)
    assert told.value.message == f"there is no permission `{text}`"
    assert told.value.remedy == remedy


@pytest.mark.parametrize(
    "text",
    [
        "events.emit",
        "events.emit:",
        "events.emit:Lesson",
        "events.emit:a*b",
        "events.emit:a\n",
        "events.emit:é",
    ],
)
def test_an_event_must_be_named_plainly(text):
    with pytest.raises(UsageError, match="does not say which event"):
        Permission.parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("storage", "may keep notes of its own on this computer (up to 4 MB)"),
        ("clock", "may know the date and the time"),
        ("log", "may write messages into Plugwright's log"),
        ("events.emit:due", "may tell other plugins about “due”"),
        (
            "events.emit:lesson-*",
            "may tell other plugins about everything whose name begins with “lesson-”",
        ),
        ("events.emit:*", "may tell other plugins about anything"),
    ],
)
def test_everybody_can_read_what_it_allows(text, words):
    assert Permission.parse(text).in_words() == words


def test_the_words_know_how_much_may_be_kept():
    assert Permission("storage").in_words(10 << 10).endswith("(up to 10 KB)")


def test_sizes_are_read_easily():
    assert [size_in_words(n) for n in (100, 1 << 20, 3 << 19)] == [
        "0.0977 KB",
        "1 MB",
        "1.5 MB",
    ]


@pytest.mark.parametrize(
    ("granted", "wanted", "is_covered"),
    [
        ("storage", "storage", True),
        ("storage", "log", False),
        ("events.emit:due", "events.emit:due", True),
        ("events.emit:due", "events.emit:due-now", False),
        ("events.emit:due-*", "events.emit:due-now", True),
        ("events.emit:due-*", "events.emit:due", False),
        ("events.emit:due-*", "events.emit:due-now-*", True),
        ("events.emit:due-now-*", "events.emit:due-*", False),
        ("events.emit:*", "events.emit:due", True),
        ("events.emit:*", "storage", False),
    ],
)
def test_a_wide_permission_covers_a_narrow_one_and_never_back(
    granted, wanted, is_covered
):
    assert Permission.parse(granted).covers(Permission.parse(wanted)) is is_covered


def test_without_a_near_word_all_are_listed():
    assert nearest("zzz", ["b", "a"]) == "use one of `a`, `b`"
