"""Who is chosen at which stage, and what is said about everybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright.judging import Verdict
from plugwright_forge.choice import (
    Cell,
    Entry,
    Ledger,
    Matrix,
    Opinion,
    Program,
    Row,
    Source,
    can_still_change,
    confidence,
    select,
)


def test_an_approved_example_comes_before_agreement(drawn, trusting):
    matrix = drawn({"a": "WAA", "b": "WAA", "c": "AAW"})
    choice = select(matrix, trusting(matrix, t1=Source.APPROVED))

    assert choice.winner == "c"
    assert choice.explain("a") == "a lost at approved examples: fails t1 (trust 0.90)"
    assert choice.explain("c").startswith("c won. approved examples: passes 1 of 1")


def test_an_answer_is_strong_evidence_and_no_veto(drawn, trusting):
    rows = {f"a{i}": "W" + "A" * 9 for i in range(9)} | {"b": "A" + "W" * 9}
    matrix = drawn(rows)
    choice = select(matrix, trusting(matrix, t1=Source.APPROVED).after(matrix))

    assert choice.winner == "a0"
    assert choice.stages[0].why == "all else speaks against t1, which reject nobody"


def test_a_trusted_test_rejects_and_a_doubtful_one_does_not(drawn, trusting):
    matrix = drawn({"a": "WAAA", "b": "WAAA", "c": "AAWW"})

    assert select(matrix, trusting(matrix, t1=Source.REQUEST)).winner == "c"
    assert select(matrix, trusting(matrix)).winner == "a"


def test_two_who_agree_beat_one_who_passes_more(drawn, trusting):
    matrix = drawn({"a": "AAAAW", "b": "WAAAW", "c": "WAAAW"})
    choice = select(matrix, trusting(matrix))

    assert choice.winner == "b"
    assert choice.explain("a") == (
        "a lost at CodeT agreement: 1 agree on 4 tests, which scores 4.00; the best: "
        "2 agree on 3 tests, which scores 4.24"
    )


def test_versions_of_one_candidate_do_not_agree_with_each_other(drawn, trusting):
    lineages = {"a": "1", "b": "2", "c": "2"}
    matrix = drawn({"a": "AAAAW", "b": "WAAAW", "c": "WAAAW"}, lineages=lineages)

    assert select(matrix, trusting(matrix)).winner == "a"


@pytest.mark.parametrize(("programs", "name"), [(31, "CodeT"), (32, "B4")])
def test_b4_takes_over_from_32_candidates(drawn, trusting, programs, name):
    matrix = drawn({f"c{i}": "AW" for i in range(programs)})

    assert select(matrix, trusting(matrix)).stages[2].name == f"{name} agreement"


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ({"mutation": {"a": 0.5, "b": 0.9}}, "percent of mutants left alive"),
        ({"fuel": {"a": 100, "b": 50}}, "fuel"),
        ({"size": {"a": 100, "b": 50}}, "size"),
        ({"findings": {"a": 1, "b": 0}}, "findings of quality"),
    ],
)
def test_of_equals_the_better_one_in_each_measure_wins(drawn, trusting, facts, stage):
    matrix = drawn({"a": "A", "b": "A"}, **facts)
    choice = select(matrix, trusting(matrix))

    assert choice.winner == "b"
    assert choice.explain("a").startswith(f"a lost at {stage}: ")


def test_a_little_more_fuel_decides_nothing(drawn, trusting):
    fuel, findings = {"a": 105, "b": 100}, {"a": 0, "b": 1}
    matrix = drawn({"a": "A", "b": "A"}, fuel=fuel, findings=findings)

    assert select(matrix, trusting(matrix)).winner == "a"


def test_of_what_is_equal_in_everything_the_first_is_taken(drawn, trusting):
    matrix = drawn({"a": "A", "b": "A"})
    choice = select(matrix, trusting(matrix))

    assert choice.winner == "a"
    assert (
        choice.explain("b") == "b lost at order: nothing else tells a from the others"
    )


def test_without_candidates_nobody_is_chosen(trusting):
    empty = Matrix(tests=("t",))
    with pytest.raises(ValueError, match="no candidate"):
        select(empty, trusting(empty))


class Peer:
    """A reviewer who likes one output, or one place."""

    def __init__(self, likes):
        self.likes = likes
        self.seen = []

    def __call__(self, shown):
        self.seen.append(shown)
        if isinstance(self.likes, Opinion):
            return self.likes
        first = any(one.first == self.likes for one in shown)
        return Opinion.FIRST if first else Opinion.SECOND


def test_a_tie_is_shown_to_a_peer_in_both_orders(drawn, trusting):
    matrix = drawn({"a": "A", "b": "A"}, outputs={"a": "xz", "b": "yz"})
    peer = Peer("y")
    choice = select(matrix, trusting(matrix), peer)

    assert choice.winner == "b"
    assert [(s.first, s.second) for seen in peer.seen for s in seen] == [
        ("x", "y"),
        ("y", "x"),
    ]
    assert choice.explain("a") == (
        "a lost at peer review: in both orders, b is preferred to a"
    )


@pytest.mark.parametrize("place", Opinion)
def test_orders_that_disagree_are_no_opinion(drawn, trusting, place):
    matrix = drawn({"a": "A", "b": "A"}, outputs={"a": "x", "b": "y"})
    choice = select(matrix, trusting(matrix), Peer(place))

    assert choice.winner == "a"
    assert choice.duels[0].winner is None
    assert "no opinion" in choice.stages[-2].why


@pytest.mark.parametrize(
    ("rows", "outputs"),
    [
        ({"a": "AA", "b": "AW"}, {"a": "x", "b": "y"}),  # no tie
        ({"a": "AA", "b": "AA"}, {"a": "x", "b": "x"}),  # nothing to show
    ],
)
def test_nobody_is_asked_outside_of_a_tie(drawn, trusting, rows, outputs):
    matrix = drawn(rows, outputs=outputs)
    peer = Peer("y")
    select(matrix, trusting(matrix), peer)

    assert peer.seen == []


def test_a_review_is_bounded(drawn, trusting):
    names = "abcdefghij"
    matrix = drawn(dict.fromkeys(names, "A"), outputs={n: n for n in names})
    peer = Peer("j")
    select(matrix, trusting(matrix), peer)

    assert len(peer.seen) == 6


# Confidence


def test_confidence_rises_with_agreement_and_names_its_inputs(drawn, trusting):
    few = drawn({"a": "AAW", "b": "WWA"})
    many = drawn({"a": "AAW", "b": "WWA", "c": "AAW", "d": "AAW"})
    found = [confidence(m, trusting(m).after(m), "a") for m in (few, many)]

    assert found[0].probability < found[1].probability < 1
    assert (found[1].votes, found[1].voices, found[1].behaviours) == (3, 4, 2)
    assert "3 of 4 candidates do the same, among 2 behaviours" in found[1].in_words()


def test_to_fail_an_approved_example_costs_confidence(drawn, trusting):
    matrix = drawn({"a": "WA", "b": "WA"})
    told = confidence(matrix, trusting(matrix, t1=Source.APPROVED), "a")
    untold = confidence(matrix, trusting(matrix), "a")

    assert told.approved_failed == ("t1",)
    assert told.probability < untold.probability


# Buying


def test_the_next_is_bought_while_a_rival_could_overtake(drawn, trusting):
    matrix = drawn({"a": "AAA", "b": "AAA", "c": "AAW"})
    ledger = trusting(matrix)

    assert can_still_change(matrix, ledger, 1).needed is None
    outlook = can_still_change(matrix, ledger, 9)
    assert outlook.needed == can_still_change(matrix, ledger, 4).needed == 4
    assert outlook.why == "4 more that do what c does would win"
    # √5 · 2 is more than √2 · 3, and √4 · 2 is less.
    assert can_still_change(matrix, ledger, 3).needed is None


def test_where_something_is_still_failing_one_new_candidate_can_win(drawn, trusting):
    matrix = drawn({"a": "WAA", "b": "WAA"})
    ledger = trusting(matrix, t1=Source.REQUEST)

    assert can_still_change(matrix, ledger, 1).needed == 1


def test_without_a_budget_nothing_is_bought(drawn, trusting):
    matrix = drawn({"a": "W"})

    assert not can_still_change(matrix, trusting(matrix), 0).can_change
    nobody = Matrix(tests=("t1",))
    assert can_still_change(nobody, trusting(nobody), 5).needed == 1


# Anything


@given(st.data())
def test_every_matrix_has_a_winner_and_a_reason_for_everybody(data):
    tests = data.draw(st.integers(0, 4))
    cell = st.none() | st.builds(
        Cell, st.sampled_from([Verdict.AC, Verdict.WA, Verdict.TLE]), st.integers(0, 9)
    )
    rows = [
        Row(
            Program(
                id=f"c{i}",
                lineage=data.draw(st.sampled_from(["1", "2", f"own {i}"])),
                size=data.draw(st.integers(0, 3)),
            ),
            tuple(data.draw(cell) for _ in range(tests)),
            (data.draw(st.sampled_from(["x", "y", None])),),
        )
        for i in range(data.draw(st.integers(1, 5)))
    ]
    names = tuple(f"t{i}" for i in range(tests))
    matrix = Matrix(tests=names, probes=("p",), rows=tuple(rows))
    sources = st.sampled_from(Source)
    ledger = Ledger(
        tuple(Entry(id=name, source=data.draw(sources)) for name in names)
    ).after(matrix)

    choice = select(matrix, ledger, Peer("x"))

    assert select(matrix, ledger, Peer("x")) == choice
    assert [p for p in matrix.programs if " won" in choice.explain(p)] == [
        choice.winner
    ]
    sure = confidence(matrix, ledger, choice.winner)
    assert 0 <= sure.probability <= 1
    outlook = can_still_change(matrix, ledger, 2)
    assert outlook.needed in (None, 1, 2)
