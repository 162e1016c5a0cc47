import pytest
from plugin import tax_summary

from plugwright_sdk import InputError


def day(*sold):
    return [{"price": p, "quantity": q, "rate": r} for p, q, r in sold]


def groups(*sold):
    found = tax_summary(day(*sold))["groups"]
    return [(g["rate"], g["gross"], g["net"], g["tax"]) for g in found]


def test_r1_two_rates():
    assert groups((1070, 1, "7"), (1190, 2, "19")) == [
        ("19", 2380, 2000, 380),
        ("7", 1070, 1000, 70),
    ]


def test_r1_articles_of_one_rate_need_not_stand_together():
    assert groups((107, 1, "7"), (119, 1, "19"), (107, 4, "7")) == [
        ("19", 119, 100, 19),
        ("7", 535, 500, 35),
    ]


def test_r1_quantity_counts():
    assert groups((250, 7, "0")) == [("0", 1750, 1750, 0)]


@pytest.mark.parametrize(
    ("gross", "rate", "net"),
    [
        (3, "100", 2),
        (5, "100", 3),
        (4, "100", 2),
        (100, "19", 84),
        (15, "20", 13),
        (9, "20", 8),
        (16, "20", 13),
        (1000, "5.5", 948),
        (1000, "8.25", 924),
        (41, "2.5", 40),
    ],
)
def test_r2_what_is_left(gross, rate, net):
    assert groups((gross, 1, rate)) == [(rate, gross, net, gross - net)]


def test_r2_rounding_is_for_the_sum():
    assert groups((1, 10, "20"), (1, 10, "20.0")) == [("20", 20, 17, 3)]
    assert groups(*[(1, 1, "100")] * 3) == [("100", 3, 2, 1)]


def test_r2_large_sums_keep_every_cent():
    assert groups((999999999999, 1, "25")) == [
        ("25", 999999999999, 799999999999, 200000000000)
    ]


def test_r3_by_number_and_not_by_letters():
    rates = ["9", "10", "5.5", "19", "0", "100", "5.25"]
    found = [rate for rate, *_ in groups(*[(10, 1, rate) for rate in rates])]
    assert found == ["100", "19", "10", "9", "5.5", "5.25", "0"]


def test_r3_the_same_number_in_three_ways():
    assert groups((100, 1, "20"), (20, 1, "20.0"), (120, 1, "20.000")) == [
        ("20", 240, 200, 40)
    ]


@pytest.mark.parametrize(
    ("rate", "written"),
    [("10.0", "10"), ("30", "30"), ("0.50", "0.5"), ("0.0", "0"), ("100.00", "100")],
)
def test_r4_written(rate, written):
    assert groups((0, 1, rate)) == [(written, 0, 0, 0)]


def test_r5_sums_of_the_rounded_groups():
    found = tax_summary(day((1, 1, "100"), (1, 1, "99"), (3, 1, "100"), (7, 2, "0")))
    assert (found["gross"], found["net"], found["tax"]) == (19, 17, 2)


def test_r5_nothing():
    assert tax_summary([]) == {"groups": [], "gross": 0, "net": 0, "tax": 0}


@pytest.mark.parametrize("wrong", [(-5, 1, "7"), (5, 0, "7"), (5, -2, "7")])
def test_r6_impossible_articles(wrong):
    with pytest.raises(InputError):
        tax_summary(day((5, 1, "7"), wrong))


@pytest.mark.parametrize("rate", ["-1", "100.01", "200"])
def test_r6_impossible_rates(rate):
    with pytest.raises(InputError):
        tax_summary(day((5, 1, "7"), (5, 1, rate)))


def test_r6_the_ends_are_possible():
    assert groups((0, 1, "0"), (0, 1, "100")) == [("100", 0, 0, 0), ("0", 0, 0, 0)]


def test_r2_a_long_market_day():
    sold = [(37 * n % 501, 1 + n % 4, str(n % 6 * 5)) for n in range(120)]
    expected = []
    for rate in (25, 20, 15, 10, 5, 0):
        gross = sum(p * q for p, q, r in sold if r == str(rate))
        # The whole number nearest to gross * 100 / (100 + rate), the upper of two.
        top, bottom = gross * 100, 100 + rate
        net = min(range(gross + 1), key=lambda n: (abs(top - n * bottom), -n))
        expected.append((str(rate), gross, net, gross - net))
    assert groups(*sold) == expected
