"""The matrix, and the behaviours in it."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from plugwright_forge.choice import (
    Choice,
    Confidence,
    Ledger,
    Matrix,
    behaviours,
    confidence,
    select,
)
from plugwright_forge.choice.behaviours import shares


def test_what_was_not_run_is_neither_passed_nor_failed(drawn):
    matrix = drawn({"a": "AW-", "b": "TAA"})

    assert matrix.passed("a") == {"t1"}
    assert matrix.failed("a") == {"t2"}
    assert matrix.failed("b") == {"t1"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"tests": ("t1", "t1")},
        {"tests": (), "probes": ("p", "p")},
        {"tests": ("t1", "t2", "t3", "t4")},
        {"tests": ("t1", "t2"), "probes": ("p1",)},
    ],
)
def test_a_matrix_that_does_not_fit_together_is_refused(drawn, wrong):
    with pytest.raises(ValueError, match=r"twice|verdicts"):
        Matrix(**wrong, rows=drawn({"a": "AA"}).rows)


def test_programs_that_do_the_same_are_one_behaviour_however_written(drawn):
    matrix = drawn(
        {"a": "AW", "b": "AW", "c": "AW", "d": "AA"},
        outputs={"a": "x", "b": "x", "c": "y", "d": "x"},
    )

    assert [(b.programs, b.votes) for b in behaviours(matrix)] == [
        (("a", "b"), 2),
        (("c",), 1),
        (("d",), 1),
    ]


def test_all_versions_of_one_candidate_have_one_voice(drawn):
    matrix = drawn(
        {"a": "A", "a2": "A", "b": "A"}, lineages={"a": "1", "a2": "1", "b": "2"}
    )

    (behaviour,) = behaviours(matrix)
    assert (behaviour.votes, matrix.voices) == (2, 2)


def test_copies_of_one_mistake_are_not_many_witnesses(drawn):
    rows = {f"w{i}": "AW" for i in range(4)} | {"a": "WA", "b": "AA"}

    found = shares(drawn(rows))

    assert (found["t1"].passing, found["t1"].total) == (3.0, 4.0)
    assert (found["t2"].passing, found["t2"].behaviours) == (2.0, 3)


def test_an_answer_becomes_a_test_for_everybody(drawn):
    matrix = drawn({"a": "A", "b": "A"}, outputs={"a": "x", "b": "y"})

    yes = matrix.with_answer("said", "p1", "x")
    no = matrix.with_answer("said", "p1", "x", wanted=False)

    assert (yes.passed("a"), yes.failed("b")) == ({"t1", "said"}, {"said"})
    assert (no.failed("a"), no.passed("b")) == ({"said"}, {"t1", "said"})


def test_a_session_can_store_all_of_it(drawn, trusting):
    matrix = drawn({"a": "AW-", "b": "TAA"}, outputs={"a": "x", "b": [None]})
    ledger = trusting(matrix).after(matrix)

    for kind, value in [
        (Matrix, matrix),
        (Ledger, ledger),
        (Choice, select(matrix, ledger)),
        (Confidence, confidence(matrix, ledger, "a")),
    ]:
        stored = TypeAdapter(kind)
        assert stored.validate_json(stored.dump_json(value)) == value
