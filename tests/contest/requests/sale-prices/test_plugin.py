import pytest
from plugin import sale_prices, saved

from plugwright_sdk import InputError


def test_r1_each_price_gets_its_discount_in_order():
    assert sale_prices(["10.00", "2.50"], 20) == ["8.00", "2.00"]


def test_r2_a_sale_price_is_rounded_to_the_nearest_cent():
    assert sale_prices(["0.99", "19.99"], 20) == ["0.79", "15.99"]


def test_r2_half_a_cent_goes_up():
    assert sale_prices(["0.25", "0.05", "0.01"], 50) == ["0.13", "0.03", "0.01"]


def test_r3_there_are_always_two_digits():
    assert sale_prices(["5", "5.5", "40"], 0) == ["5.00", "5.50", "40.00"]


def test_r3_what_costs_nothing_has_two_digits():
    assert sale_prices(["12.34"], 100) == ["0.00"]


@pytest.mark.parametrize("percent", [-1, 101])
def test_r4_an_impossible_discount_is_refused(percent):
    with pytest.raises(InputError):
        sale_prices(["1.00"], percent)
    with pytest.raises(InputError):
        saved(["1.00"], percent)


def test_r4_an_impossible_discount_is_refused_without_prices_too():
    with pytest.raises(InputError):
        sale_prices([], 101)


@pytest.mark.parametrize("price", ["-0.01", "1.005"])
def test_r5_what_is_no_price_is_refused(price):
    with pytest.raises(InputError):
        sale_prices(["1.00", price], 10)
    with pytest.raises(InputError):
        saved([price], 10)


def test_r6_the_savings_come_from_the_rounded_prices():
    assert saved(["0.05", "0.05"], 50) == "0.04"


def test_r6_without_prices_nothing_is_saved():
    assert sale_prices([], 10) == []
    assert saved([], 10) == "0.00"
