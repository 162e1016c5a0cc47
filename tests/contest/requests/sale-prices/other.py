from decimal import Decimal

from plugwright_sdk import InputError, command


def cents_of(prices: list[Decimal], percent: int) -> list[int]:
    if percent < 0 or percent > 100:
        raise InputError("there is no such discount")
    cents = []
    for price in prices:
        exact = price * 100
        if exact != int(exact) or exact < 0:
            raise InputError("that is no price")
        cents.append(int(exact))
    return cents


def euros(cents: int) -> Decimal:
    return Decimal(f"{cents // 100}.{cents % 100:02}")


@command(name="sale-prices")
def sale_prices(prices: list[Decimal], percent: int) -> list[Decimal]:
    """Take a discount off each price."""
    # Half of the hundred is added, so that cutting off rounds half up.
    return [
        euros((cents * (100 - percent) + 50) // 100)
        for cents in cents_of(prices, percent)
    ]


@command(name="saved")
def saved(prices: list[Decimal], percent: int) -> Decimal:
    """Say what someone saves who buys everything."""
    every = cents_of(prices, percent)
    return euros(sum(c - (c * (100 - percent) + 50) // 100 for c in every))
