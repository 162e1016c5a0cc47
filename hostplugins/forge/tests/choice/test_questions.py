"""What to ask a person, what an answer does, and curves."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright_forge.choice import (
    Curve,
    Entry,
    Source,
    believe,
    fitted,
    next_card,
)


def test_the_input_is_asked_about_that_splits_best(drawn, trusting):
    outputs = {"a": "xxx", "b": "xxy", "c": "xyx", "d": "xyy", "e": "xyz"}
    matrix = drawn(dict.fromkeys(outputs, "A"), outputs=outputs)
    card = next_card(matrix, believe(matrix, trusting(matrix)))

    assert card.probe == "p3"
    assert [(o.output, o.programs) for o in card.options] == [
        ("x", ("a", "c")),
        ("y", ("b", "d")),
        ("z", ("e",)),
    ]
    assert sum(option.weight for option in card.options) == pytest.approx(1)


def test_likely_behaviours_count_more_than_many(drawn, trusting):
    # Five agree; only what splits off a good part of the weight is worth a question.
    outputs = {f"a{i}": "xx" for i in range(4)}
    outputs |= {f"b{i}": "yx" for i in range(3)} | {"c": "xy"}
    matrix = drawn(dict.fromkeys(outputs, "AAA"), outputs=outputs)

    assert next_card(matrix, believe(matrix, trusting(matrix))).probe == "p1"


def test_it_stops_when_nothing_splits_or_after_three(drawn, trusting):
    same = drawn({"a": "A", "b": "A"}, outputs={"a": "x", "b": "x"})
    assert next_card(same, believe(same, trusting(same))) is None

    settled = {f"a{i}": "x" for i in range(12)} | {"b": "y"}
    sure = drawn(dict.fromkeys(settled, "A"), outputs=settled)
    assert next_card(sure, believe(sure, trusting(sure))) is None

    open_ = drawn({"a": "A", "b": "A"}, outputs={"a": "xxxx", "b": "yyyy"})
    belief = believe(open_, trusting(open_))
    assert next_card(open_, belief, ["p1", "p2"]).probe == "p3"
    assert next_card(open_, belief, ["p1", "p2", "p3"]) is None


def test_what_was_not_observed_is_no_option(drawn, trusting):
    matrix = drawn(
        {"a": "A", "b": "A", "c": "A"}, outputs={"a": ["x"], "b": [None], "c": ["y"]}
    )
    card = next_card(matrix, believe(matrix, trusting(matrix)))

    assert [option.output for option in card.options] == ["x", "y"]


def test_an_answer_moves_the_weights_by_about_nine_to_one(drawn, trusting):
    matrix = drawn({"a": "A", "b": "A"}, outputs={"a": "x", "b": "y"})
    ledger = trusting(matrix)
    before = believe(matrix, ledger)
    assert before.of("a") == before.of("b")

    told = matrix.with_answer("said", "p1", "y")
    after = believe(told, ledger.add(Entry(id="said", source=Source.APPROVED)))

    assert 8.5 < after.of("b") / after.of("a") < 10


def test_an_answer_that_nobody_gives_makes_all_of_them_unlikely(drawn, trusting):
    matrix = drawn({"a": "A", "b": "A"}, outputs={"a": "x", "b": "y"})
    ledger = trusting(matrix)
    told = matrix.with_answer("said", "p1", "neither")
    after = believe(told, ledger.add(Entry(id="said", source=Source.APPROVED)))

    assert after.unseen > believe(matrix, ledger).unseen
    assert after.of("a") == after.of("b")


def test_weights_and_the_unseen_are_one(drawn, trusting):
    matrix = drawn({"a": "AAW", "b": "WAA", "c": "AAW"})
    belief = believe(matrix, trusting(matrix).after(matrix))

    assert sum(belief.weights) + belief.unseen == pytest.approx(1)


# Curves


@pytest.mark.parametrize("points", [(), ((0, 1), (1, 0)), ((1, 0), (0, 1))])
def test_a_curve_never_falls(points):
    with pytest.raises(ValueError, match=r"curve"):
        Curve(points)


def test_a_curve_is_read_between_its_points_and_level_outside():
    curve = Curve(((0.2, 0.1), (0.4, 0.5)))

    assert [curve(x) for x in (0, 0.2, 0.3, 0.4, 1)] == pytest.approx(
        [0.1, 0.1, 0.3, 0.5, 0.5]
    )


def test_what_was_seen_bends_the_curve():
    seen = [(0.9, i % 2 == 0) for i in range(100)] + [(0.2, i == 0) for i in range(100)]
    curve = fitted(seen)

    assert curve(0.9) == pytest.approx(0.5)
    assert curve(0.2) == pytest.approx(0.02, abs=0.01)
    assert fitted([])(0.7) == 0.7


def test_where_more_sure_was_less_right_both_are_pooled():
    seen = [(0.2, i < 80) for i in range(100)] + [(0.8, i < 20) for i in range(100)]
    curve = fitted(seen)

    assert curve(0.2) == curve(0.8) == pytest.approx(0.5)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60))
def test_a_fitted_curve_rises_and_is_never_certain(seen):
    curve = fitted(seen)
    values = [curve(x / 50) for x in range(51)]

    assert values == sorted(values)
    assert not seen or all(0 < value < 1 for value in values)
