"""What a row can ask for beside what has to hold after every attack."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from attacks.arena import Played

from plugwright.addresses import is_here, is_public
from plugwright.capabilities.grants import PRIVATE


def _failure_is(played: Played, test: Callable[[str, str, str], bool]) -> bool:
    failure = None if played.outcome is None else played.outcome.failure
    return failure is not None and test(failure.type, failure.message, failure.where)


INVARIANTS: dict[str, Callable[[Played], bool]] = {
    "file and line are named": lambda played: (
        re.search(r"\b[a-z]+\.py(:\d+)?", played.told) is not None
    ),
    "the message is short": lambda played: _failure_is(
        played, lambda type, message, where: len(message) <= 4096 and len(type) <= 200
    ),
    "the refusal is on record": lambda played: (
        played.outcome is not None and bool(played.outcome.denied)
    ),
    "what was printed first is kept": lambda played: (
        played.outcome is not None and played.outcome.output.startswith("x")
    ),
    "the answer is empty": lambda played: (
        played.outcome is not None and played.outcome.value in ({}, [], "", None)
    ),
    "the answer is true": lambda played: (
        played.outcome is not None and played.outcome.value is True
    ),
    "the answer is false": lambda played: (
        played.outcome is not None and played.outcome.value is False
    ),
    "one denial is on record": lambda played: (
        [row.kind for row in played.audit or ()] == ["denied"]
    ),
    "one denial of a private address is on record": lambda played: (
        [
            (row.kind, json.loads(row.detail)["permission"].endswith(PRIVATE))
            for row in played.audit or ()
        ]
        == [("denied", True)]
    ),
    "nobody was connected to": lambda played: played.dialled == (),
    "one public address was connected to": lambda played: (
        [is_public(address) for address in played.dialled] == [True]
    ),
    "two public addresses were connected to": lambda played: (
        [is_public(address) for address in played.dialled] == [True, True]
    ),
    "this computer was connected to": lambda played: (
        [is_here(address) for address in played.dialled] == [True]
    ),
    "at most twenty-one rows are on record": lambda played: (
        1 <= len(played.audit or ()) <= 21
    ),
    "no control characters are told": lambda played: (
        re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", played.told) is None
        and "\\x1b" not in played.told
    ),
    "what is told is short": lambda played: len(played.told) < 6000,
    "what it used is told": lambda played: (
        played.outcome is not None and played.outcome.usage.seconds > 0
    ),
}
"""By the words that the table uses for it."""
