"""What kind a test is: its name says so, or what it does."""

from __future__ import annotations

import pytest

from plugwright_forge.testing import TestKind, is_derived, kinds_of


@pytest.mark.parametrize(
    ("test", "kind"),
    [
        ("def test_r1_edge_none(): f([])", TestKind.EDGE),
        ("def test_r12_performance_week(): f([])", TestKind.PERFORMANCE),
        ("def test_i1_property_sort(): f([])", TestKind.PROPERTY),
        ("def test_example_1(): f([])", TestKind.EXAMPLE),
        ("def test_r1_plan():\n assert f([]) == 1", TestKind.UNIT),
        ("def test_r1_plan():\n with pytest.raises(E): f()", TestKind.ERROR),
        ("@given(st.text())\ndef test_r1_plan(x): f(x)", TestKind.PROPERTY),
        ("def test_r1_plan():\n send('x')\n assert stored('a')", TestKind.INTEGRATION),
        ("def test_r1_plan():\n assert fuel() < 7", TestKind.PERFORMANCE),
        ("def test_r1_edges_of_unity():\n assert f()", TestKind.UNIT),
    ],
)
def test_a_test_is_of_the_kind_that_it_says_or_shows(test, kind):
    assert [*kinds_of(test).values()] == [kind]


@pytest.mark.parametrize(
    ("name", "is_so"),
    [
        ("test_error_plan_week_family", True),
        ("test_i2_property_plan_week", True),
        ("test_r1_error_no_family", False),
        ("test_example_1", False),
        ("test_r1_plan", False),
    ],
)
def test_what_the_forge_derived_is_known_by_its_name(name, is_so):
    assert is_derived(name) is is_so
