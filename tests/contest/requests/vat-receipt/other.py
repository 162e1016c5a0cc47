from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import TypedDict

from plugwright_sdk import InputError, command


class Sold(TypedDict):
    price: int
    quantity: int
    rate: Decimal


class Group(TypedDict):
    rate: str
    gross: int
    net: int
    tax: int


class Summary(TypedDict):
    groups: list[Group]
    gross: int
    net: int
    tax: int


def rate_of(article: Sold) -> Fraction:
    return Fraction(article["rate"])


def written(rate: Fraction) -> str:
    if rate.denominator == 1:
        return str(rate.numerator)
    exact = Decimal(rate.numerator) / Decimal(rate.denominator)
    return format(exact.normalize(), "f")


@command(name="tax-summary")
def tax_summary(sold: list[Sold]) -> Summary:
    """Sum up what was sold by tax rate."""
    for article in sold:
        possible = article["price"] >= 0 and article["quantity"] > 0
        if not possible or article["rate"] < 0 or article["rate"] > 100:
            raise InputError("nothing like this can be sold")
    summary: Summary = {"groups": [], "gross": 0, "net": 0, "tax": 0}
    for rate, articles in groupby(sorted(sold, key=rate_of, reverse=True), key=rate_of):
        gross = sum(each["price"] * each["quantity"] for each in articles)
        net = int(gross / (1 + rate / 100) + Fraction(1, 2))
        summary["groups"].append(
            {"rate": written(rate), "gross": gross, "net": net, "tax": gross - net}
        )
        summary["gross"] += gross
        summary["net"] += net
        summary["tax"] += gross - net
    return summary
