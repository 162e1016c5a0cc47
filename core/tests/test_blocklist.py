"""What is known to be bad is told from what is good, and bad entries harm nobody."""

from __future__ import annotations

import json
import os

import pytest

from plugwright.blocklist import Blocked, Blocklist


@pytest.fixture
def read(tmp_path):
    def read(content):
        path = tmp_path / "blocklist.json"
        text = content if isinstance(content, str) else json.dumps(content)
        path.write_text(text)
        return Blocklist.read(path)

    return read


def test_without_a_file_nothing_is_blocked(tmp_path):
    found = Blocklist.read(tmp_path / "blocklist.json")
    assert found == Blocklist()
    assert found.verdict(plugin="tutor", version="1") is None


@pytest.mark.parametrize(
    ("entry", "about", "is_blocked"),
    [
        ({"plugin": "tutor"}, {}, True),
        ({"plugin": "other"}, {}, False),
        ({"plugin": "tutor", "below": "1.4"}, {"version": "1.3.9"}, True),
        ({"plugin": "tutor", "below": "1.4"}, {"version": "1.4rc1"}, True),
        ({"plugin": "tutor", "below": "1.4"}, {"version": "1.4"}, False),
        ({"plugin": "tutor", "below": "1.4"}, {"version": "1.10"}, False),
        ({"plugin": "tutor", "below": "1.4"}, {"version": "who knows"}, True),
        ({"distribution": "Tutor_Plugin"}, {"distribution": "tutor.plugin"}, True),
        ({"distribution": "tutor-plugin"}, {"distribution": "tutor"}, False),
        ({"distribution": "tutor-plugin"}, {}, False),
        ({"bundle": "3f"}, {"bundle": "3f"}, True),
        ({"bundle": "3f"}, {"bundle": "3e"}, False),
        ({"bundle": "3f", "plugin": "other"}, {"bundle": "3f"}, False),
        ({"plugin": "tutor", "seen": "today"}, {}, True),
    ],
)
def test_an_entry_blocks_what_it_names(read, entry, about, is_blocked):
    found = read([{**entry, "reason": "it is bad"}])
    verdict = found.verdict(**{"plugin": "tutor", "version": "1", **about})
    assert (verdict is not None) is is_blocked
    assert found.mistakes == ()


def test_a_verdict_says_why_and_what_to_do(read):
    found = read([{"plugin": "a", "reason": "x"}, {"plugin": "b", "reason": "y"}])
    assert found.verdict(plugin="b", version="1") == Blocked(reason="y")
    assert Blocked(reason="x", below="2.1").remedy == "upgrade it to 2.1 or newer"
    assert Blocked(reason="x").remedy == "no good version is known: uninstall it"


def test_an_entry_that_cannot_be_understood_is_told_and_the_others_hold(read):
    found = read(
        [
            "tutor",
            {"plugin": 1, "reason": "x"},
            {"reason": "x"},
            {"plugin": "a"},
            {"plugin": "a", "reason": "x", "below": "soon"},
            {"plugin": "tutor", "reason": "x"},
        ]
    )
    said = [mistake.partition(", ")[2] for mistake in found.mistakes]
    assert said == [
        "entry 1: it has to be an object",
        "entry 2: every value has to be text",
        "entry 3: it names no `plugin`, `distribution` or `bundle`",
        "entry 4: it gives no `reason`",
        "entry 5: `soon` is no version",
    ]
    assert found.verdict(plugin="tutor", version="1") is not None
    assert found.verdict(plugin="a", version="1") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("{}", "has to hold a list of entries"),
    ],
)
def test_a_file_that_cannot_be_understood_blocks_nothing_and_is_told(read, text, said):
    found = read(text)
    assert found.entries == ()
    assert said in found.mistakes[0]


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    path = tmp_path / "blocklist.json"
    path.write_bytes(b"\xff\xfe")
    assert "cannot be read" in Blocklist.read(path).mistakes[0]
    os.unlink(path)
    path.mkdir()
    assert "cannot be read" in Blocklist.read(path).mistakes[0]
