import pytest
from plugin import tax_summary

from plugwright_sdk import InputError


def sold(price, rate="19", quantity=1):
    return {"price": price, "quantity": quantity, "rate": rate}


def test_r1_one_article():
    assert tax_summary([sold(1190)])["groups"] == [
        {"rate": "19", "gross": 1190, "net": 1000, "tax": 190}
    ]


def test_r1_quantities_and_articles_of_one_rate_are_added_up():
    (group,) = tax_summary([sold(119, quantity=3), sold(119)])["groups"]
    assert group == {"rate": "19", "gross": 476, "net": 400, "tax": 76}


def test_r2_it_is_rounded_once_for_the_group():
    # Each would be 4.20 and rounded to 4; together they are 12.61.
    (group,) = tax_summary([sold(5), sold(5), sold(5)])["groups"]
    assert (group["net"], group["tax"]) == (13, 2)


def test_r2_half_a_cent_goes_up():
    (group,) = tax_summary([sold(1, "100")])["groups"]
    assert (group["net"], group["tax"]) == (1, 0)


def test_r3_the_highest_rate_first():
    found = tax_summary([sold(10, "9"), sold(10, "0"), sold(10, "10")])["groups"]
    assert [group["rate"] for group in found] == ["10", "9", "0"]


def test_r3_one_number_is_one_group():
    found = tax_summary([sold(100, "5.5"), sold(111, "5.50")])["groups"]
    assert [(group["rate"], group["gross"]) for group in found] == [("5.5", 211)]


@pytest.mark.parametrize(
    ("rate", "written"),
    [("20.0", "20"), ("5.50", "5.5"), ("0.00", "0"), ("100", "100"), ("7", "7")],
)
def test_r4_a_rate_is_written_shortly(rate, written):
    assert tax_summary([sold(100, rate)])["groups"][0]["rate"] == written


def test_r5_the_sums():
    found = tax_summary([sold(1190), sold(1055, "5.5"), sold(1, "100")])
    assert (found["gross"], found["net"], found["tax"]) == (2246, 2001, 245)


def test_r5_nothing_sold():
    assert tax_summary([]) == {"groups": [], "gross": 0, "net": 0, "tax": 0}


@pytest.mark.parametrize(
    "article",
    [sold(-1), sold(10, quantity=0), sold(10, "-0.5"), sold(10, "100.1")],
)
def test_r6_what_cannot_be_sold_is_refused(article):
    with pytest.raises(InputError):
        tax_summary([sold(100), article])


def test_r6_what_is_for_free_is_possible():
    (group,) = tax_summary([sold(0, "0")])["groups"]
    assert (group["gross"], group["net"], group["tax"]) == (0, 0, 0)
