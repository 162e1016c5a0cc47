from decimal import ROUND_HALF_UP, Decimal
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


def check(sold: list[Sold]) -> None:
    for article in sold:
        if article["price"] < 0 or article["quantity"] < 1:
            raise InputError("a price must not be negative, a quantity at least one")
        if not 0 <= article["rate"] <= 100:
            raise InputError("a rate must be from 0 to 100 percent")


def in_words(rate: Decimal) -> str:
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def group(rate: Decimal, gross: int) -> Group:
    exact = gross * 100 / (100 + rate)
    net = int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    return {"rate": in_words(rate), "gross": gross, "net": net, "tax": gross - net}


@command(name="tax-summary")
def tax_summary(sold: list[Sold]) -> Summary:
    """Sum up what was sold by tax rate."""
    check(sold)
    gross: dict[Decimal, int] = {}
    for article in sold:
        # Equal numbers are the same key, however they are written.
        money = article["price"] * article["quantity"]
        gross[article["rate"]] = gross.get(article["rate"], 0) + money
    groups = [group(rate, gross[rate]) for rate in sorted(gross, reverse=True)]
    return {
        "groups": groups,
        "gross": sum(each["gross"] for each in groups),
        "net": sum(each["net"] for each in groups),
        "tax": sum(each["tax"] for each in groups),
    }
