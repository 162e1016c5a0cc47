"""Bytes become text; nothing that may still change is said."""

from __future__ import annotations

import pytest

from plugwright_llamacpp.spelling import Spelling


def spelled(parts: list[bytes], *stops: str) -> list[str]:
    spelling = Spelling(stops)
    said = []
    for part in parts:
        said.append(spelling.add(part))
        if spelling.has_stopped:
            break
    return [*said, spelling.end()]


def test_a_character_waits_for_its_last_byte() -> None:
    assert spelled([b"a\xc3", b"\xa9", b"b"]) == ["a", "é", "b", ""]


def test_bytes_that_are_no_character_are_replaced() -> None:
    assert spelled([b"\xc3", b"a"]) == ["", "\ufffda", ""]
    assert spelled([b"\xc3"]) == ["", "\ufffd"]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (["yes END no"], "yes "),
        (["yes E", "N", "D no"], "yes "),
        (["yes E", "NTRY"], "yes ENTRY"),
        (["E"], "E"),
        (["EE", "END"], "EE"),
        (["stop\n", "\nx"], "stop"),
    ],
)
def test_a_text_to_stop_at_is_found_across_pieces(parts: list[str], said: str) -> None:
    found = spelled([part.encode() for part in parts], "END", "\n\n")

    assert "".join(found) == said


def test_an_empty_text_to_stop_at_is_none() -> None:
    assert spelled([b"a"], "") == ["a", ""]
