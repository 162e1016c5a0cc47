"""A quota limits something, and never grows."""

from __future__ import annotations

import pytest

from plugwright.errors import UsageError
from plugwright.quotas import Quota, Usage


def test_a_quota_within_another_is_the_smaller_one_in_each_field():
    asked = Quota(fuel=10, seconds=9.0, memory=5)
    allowed = Quota(fuel=7, seconds=20.0, memory=5)

    assert asked.within(allowed) == Quota(fuel=7, seconds=9.0, memory=5)
    assert asked.within(asked) == asked


def test_usage_is_counted_in_the_units_of_the_quota():
    units = {*vars(Quota()), "host_seconds"}
    assert set(vars(Usage())) < units


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "9", None, float("inf")])
def test_a_quota_of_nothing_or_nonsense_is_refused_with_its_name(value):
    with pytest.raises(UsageError, match="the quota `fuel` cannot be"):
        Quota(fuel=value)


@pytest.mark.parametrize("value", [0, -0.5, True, float("nan"), float("inf")])
def test_seconds_may_have_a_fraction_but_have_an_end(value):
    assert Quota(seconds=0.5).seconds == 0.5
    with pytest.raises(UsageError, match="the quota `seconds` cannot be"):
        Quota(seconds=value)
