from decimal import ROUND_HALF_UP, Decimal

from plugwright_sdk import InputError, command

CENT = Decimal("0.01")


def sale_price(price: Decimal, percent: int) -> Decimal:
    if not 0 <= percent <= 100:
        raise InputError("the percent must be from 0 to 100")
    if price < 0 or price != price.quantize(CENT):
        raise InputError(f"{price} is not a price in euros and cents")
    reduced = price * (100 - percent) / 100
    return reduced.quantize(CENT, ROUND_HALF_UP)


@command(name="sale-prices")
def sale_prices(prices: list[Decimal], percent: int) -> list[Decimal]:
    """Take a discount off each price."""
    sale_price(Decimal(0), percent)
    return [sale_price(price, percent) for price in prices]


@command(name="saved")
def saved(prices: list[Decimal], percent: int) -> Decimal:
    """Say what someone saves who buys everything."""
    before = sum(prices, Decimal("0.00"))
    return before - sum(sale_prices.function(prices, percent), Decimal("0.00"))
