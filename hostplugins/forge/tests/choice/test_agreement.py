"""The two published scores, against sums done by hand and against the plain formula."""

from __future__ import annotations

from itertools import product
from math import exp, gamma, isclose, isfinite, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugwright_forge.choice import B4Prior
from plugwright_forge.choice.agreement import Group, b4, codet


def groups(*pairs):
    return [Group(votes, frozenset(passed)) for votes, passed in pairs]


def test_codet_is_the_root_of_the_programs_times_the_tests():
    assert codet(groups((4, "abc"), (1, "abcde"), (2, ""))) == pytest.approx(
        (6.0, 5.0, 0.0)
    )
    assert codet(groups((2, "abc")))[0] == pytest.approx(3 * sqrt(2))


def plainly(rows, right, tests, alpha, beta):
    """B4 cell by cell, with real Beta functions: small tables only."""

    def b(x, y):
        return gamma(x) * gamma(y) / gamma(x + y)

    x = [row == right for row in rows]
    y = [test in right for test in tests]
    cells = {True: [], False: []}
    for (is_x, row), (is_y, test) in product(
        zip(x, rows, strict=True), zip(y, tests, strict=True)
    ):
        if not is_x:
            cells[is_y].append(test in row)
    on_right, on_wrong = cells[True], cells[False]
    return (
        b(sum(x) + alpha, len(x) - sum(x) + 1)
        * b(sum(y) + alpha, len(y) - sum(y) + 1)
        * b(sum(on_right) + 1, len(on_right) - sum(on_right) + 1)
        * b(sum(on_wrong) + 1, len(on_wrong) - sum(on_wrong) + beta)
    )


@given(
    st.lists(st.sets(st.sampled_from("abcd")), min_size=1, max_size=6),
    st.integers(1, 5),
    st.integers(1, 9),
)
def test_b4_is_the_product_of_four_beta_functions(rows, alpha, beta):
    rows = [frozenset(row) for row in rows]
    kinds = list(dict.fromkeys(rows))

    scores = b4([Group(rows.count(k), k) for k in kinds], 4, B4Prior(alpha, beta))

    for kind, score in zip(kinds, scores, strict=True):
        assert isclose(
            exp(score), plainly(rows, kind, "abcd", alpha, beta), rel_tol=1e-9
        )


def test_b4_stays_finite_where_beta_functions_vanish():
    tests = [f"t{i}" for i in range(2000)]
    scores = b4(groups((500, tests[:1500]), (300, tests[500:]), (1, ())), 2000)

    assert all(map(isfinite, scores))
    assert scores[0] == max(scores)


def test_b4_prefers_agreement_to_one_that_passes_more():
    many, one = groups((20, "abcdef"), (1, "abcdefgh"))

    assert b4([many, one], 10)[0] > b4([many, one], 10)[1]
