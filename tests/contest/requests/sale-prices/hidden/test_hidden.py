import pytest
from plugin import sale_prices, saved

from plugwright_sdk import InputError


def test_r1_a_quarter_off():
    assert sale_prices(["4.00", "8.00", "1.00"], 25) == ["3.00", "6.00", "0.75"]


def test_r1_nothing_off():
    assert sale_prices(["4.00", "0.01"], 0) == ["4.00", "0.01"]


def test_r1_equal_prices_stay_apart():
    assert sale_prices(["3.00", "1.00", "3.00"], 10) == ["2.70", "0.90", "2.70"]


def test_r2_less_than_half_goes_down():
    assert sale_prices(["0.33"], 1) == ["0.33"]
    assert sale_prices(["0.49"], 1) == ["0.49"]


def test_r2_exactly_half_goes_up():
    assert sale_prices(["0.50"], 1) == ["0.50"]
    assert sale_prices(["0.65", "0.45", "0.85"], 50) == ["0.33", "0.23", "0.43"]


def test_r2_more_than_half_goes_up():
    assert sale_prices(["0.51", "9.99"], 1) == ["0.50", "9.89"]


def test_r2_a_large_price_keeps_every_cent():
    assert sale_prices(["123456789.99"], 50) == ["61728395.00"]


def test_r3_whole_prices_get_their_digits():
    assert sale_prices(["100", "20.0", "0"], 50) == ["50.00", "10.00", "0.00"]


def test_r3_savings_get_their_digits():
    assert saved(["100"], 10) == "10.00"
    assert saved(["0"], 10) == "0.00"


@pytest.mark.parametrize("percent", [-5, 150, 1000])
def test_r4_impossible_discounts(percent):
    for command in (sale_prices, saved):
        with pytest.raises(InputError):
            command(["2.00"], percent)
        with pytest.raises(InputError):
            command([], percent)


def test_r4_the_ends_are_possible():
    assert sale_prices(["2.00"], 0) == ["2.00"]
    assert sale_prices(["2.00"], 100) == ["0.00"]
    assert saved(["2.00"], 100) == "2.00"


@pytest.mark.parametrize("price", ["-3", "0.001", "7.777", "-0.10"])
def test_r5_no_prices(price):
    for command in (sale_prices, saved):
        with pytest.raises(InputError):
            command([price, "2.00"], 5)


def test_r5_zero_is_a_price():
    assert sale_prices(["0.00"], 5) == ["0.00"]


def test_r6_savings():
    assert saved(["19.99", "5.01"], 10) == "2.50"
    assert saved(["0.25"], 50) == "0.12"
    assert saved(["0.01"] * 3, 50) == "0.00"


def test_r6_all_prices_of_a_big_rummage_table():
    prices = [f"{cents // 100}.{cents % 100:02}" for cents in range(1, 400)]
    expected = []
    for cents in range(1, 400):
        left = cents * 63
        whole = left // 100 + (1 if left % 100 >= 50 else 0)
        expected.append(f"{whole // 100}.{whole % 100:02}")
    assert sale_prices(prices, 37) == expected
