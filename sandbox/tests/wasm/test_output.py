"""What a guest prints comes with its outcome, whatever it is and however it ends."""

from __future__ import annotations

from typing import Any

import pytest

from plugwright.quotas import Quota
from plugwright.sandboxes import Kind


def test_what_is_printed_comes_with_the_outcome_both_streams_in_order(
    opened: Any,
) -> None:
    session = opened(
        """
        import sys

        def main(text):
            print(text)
            print("oh", file=sys.stderr)
            sys.stdout.write("no line end")
            return 1
        """
    )

    assert session.call("main", "é\u2028").output == "é\u2028\noh\nno line end"
    assert session.call("main", "again").output == "again\noh\nno line end"


@pytest.mark.parametrize("half", ["\\ud800", "\\udfff", "a\\ude00\\ud83d"])
def test_half_a_character_is_printed_as_a_question_mark(half: str, run: Any) -> None:
    outcome = run(f"def main(_):\n    print('{half}')\n    return 1")

    assert outcome.value == 1
    assert outcome.output == "?\n" if len(half) == 6 else "a??\n"


def test_half_a_character_in_an_exception_does_not_hide_the_exception(run: Any) -> None:
    failure = run("def main(_): raise ValueError('\\ud800 no')").failure

    assert (failure.kind, failure.type) == (Kind.RAISED, "ValueError")
    assert failure.message == "? no"
    assert failure.where == "plugin.py:1"


@pytest.mark.parametrize("quota", [Quota(output=100), Quota(writes=10)])
def test_half_a_character_does_not_keep_a_quota_from_its_work(
    quota: Quota, run: Any
) -> None:
    outcome = run("def main(_):\n    while True: print('\\ud800 no')", quota=quota)

    assert outcome.failure.kind is Kind.STOPPED
    assert outcome.output.startswith("? no\n? no\n")


def test_what_was_printed_before_an_exception_is_kept(run: Any) -> None:
    outcome = run("def main(_):\n    print('before')\n    1 / 0")

    assert outcome.output == "before\n"
    assert outcome.failure.type == "ZeroDivisionError"


def test_printing_up_to_the_quota_is_not_a_payload(run: Any) -> None:
    quota = Quota(payload=2000, output=50_000)

    outcome = run("def main(_): print('\\0' * 40_000)", quota=quota)

    assert outcome.failure is None
    assert len(outcome.output) == 40_001


def test_what_was_printed_before_the_output_quota_stopped_it_is_kept(run: Any) -> None:
    """Even if it is longer than any other message may be."""
    quota = Quota(payload=2000, output=10_000)

    outcome = run("def main(_):\n    while True: print('\\0' * 99)", quota=quota)

    assert outcome.failure.type == "output"
    assert outcome.output == ("\0" * 99 + "\n") * 100
