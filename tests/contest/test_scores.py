"""The numbers of the contest, on outcomes that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from contest.picture import picture
from contest.scores import (
    OURS,
    Outcome,
    ahead,
    between,
    calibration,
    claimed_wrong,
    right,
    share,
    table,
)

ONE = Outcome(
    strategy=OURS,
    request="tip-jar",
    level=0.5,
    seed=0,
    right=True,
    claimed=True,
    calls=9,
    confidence=0.93,
)


def outcomes(*rights, strategy=OURS):
    return [
        replace(ONE, request=f"r{n}", right=each, strategy=strategy)
        for n, each in enumerate(rights)
    ]


def test_a_share_is_counted():
    assert share(outcomes(True, True, True, False), right) == 0.75
    assert share(outcomes(True, False, False, False), claimed_wrong) == 0.75


def test_the_range_holds_the_share_and_narrows_with_more_requests():
    few, many = outcomes(*[True, False] * 4), outcomes(*[True, False] * 40)
    (low, high), (lower, higher) = between(few, right), between(many, right)
    assert low < 0.5 < high
    assert low < lower < 0.5 < higher < high


def test_seeds_of_one_request_are_no_new_evidence():
    rows = outcomes(*[True, False] * 4)
    again = [replace(each, seed=seed) for each in rows for seed in range(5)]
    assert between(again, right) == pytest.approx(between(rows, right))


@pytest.mark.parametrize(
    ("rights", "low", "high"), [([False], 0, 0.31), ([True], 0.69, 1)]
)
def test_what_never_happened_may_happen(rights, low, high):
    found = between(outcomes(*rights * 10), right)
    assert found == pytest.approx((low, high), abs=0.005)


def test_strategies_are_compared_in_pairs():
    ours = outcomes(True, True, True, False)
    theirs = outcomes(True, False, False, True, strategy="single shot")
    mean, low, high = ahead(ours, theirs)
    assert mean == 0.25
    assert low < 0.25 < high
    assert ahead(ours, replaced(ours)) == pytest.approx((0, -0.6, 0.6), abs=0.01)


def replaced(rows):
    return [replace(each, strategy="single shot") for each in rows]


def test_the_table_has_a_row_for_each_level_and_strategy():
    rows = [*outcomes(True, False), *outcomes(False, False, strategy="single shot")]
    said = table(rows, ["single shot", OURS]).split("\n")
    assert said[1].split()[:4] == ["50%", "single", "shot", "0%"]
    assert "+50" in said[1]
    assert said[2].split()[:6] == ["50%", *OURS.split(), "50%"]


def test_confidence_is_compared_with_what_came_of_it():
    rows = [
        *outcomes(True, True, True, False),
        replace(ONE, confidence=0.2, right=False),
    ]
    low, high = calibration(rows).split("\n")[1:]
    assert low.split() == ["20-", "30", "%", "1", "20%", "0%", "0-98"]
    assert high.startswith(" 90-100 %        4        93%    75%")


def test_the_picture_can_be_read():
    drawn = picture(outcomes(True, False), [OURS])
    assert ElementTree.fromstring(drawn).tag.endswith("svg")
    assert OURS in drawn
