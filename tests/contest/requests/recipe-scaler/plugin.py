import re
from fractions import Fraction

from plugwright_sdk import InputError, command

SIGNS = {
    "½": Fraction(1, 2),
    "⅓": Fraction(1, 3),
    "⅔": Fraction(2, 3),
    "¼": Fraction(1, 4),
    "¾": Fraction(3, 4),
}
AMOUNT = (
    r"(?:[0-9]+ +[0-9]+/[0-9]+|[0-9]+/[0-9]+|(?:[0-9]+ *)?[½⅓⅔¼¾]"
    r"|[0-9]+\.[0-9]+|[0-9]+)"
)
LINE = re.compile(rf"( *)({AMOUNT})(?:([-–])({AMOUNT}))?(.*)", re.DOTALL)


def value(amount: str) -> Fraction:
    total = Fraction(0)
    for part in re.findall(r"[0-9./]+|[½⅓⅔¼¾]", amount):
        try:
            total += SIGNS.get(part) or Fraction(part)
        except ZeroDivisionError:
            raise InputError(f"{amount} has a zero below") from None
    return total


def written(amount: Fraction) -> str:
    whole, rest = divmod(amount.numerator, amount.denominator)
    if not rest:
        return str(whole)
    fraction = f"{rest}/{amount.denominator}"
    return f"{whole} {fraction}" if whole else fraction


def scaled(line: str, factor: Fraction) -> str:
    found = LINE.fullmatch(line)
    if not found:
        return line
    before, first, sign, second, after = found.groups(default="")
    new = written(value(first) * factor)
    if sign:
        new += sign + written(value(second) * factor)
    return before + new + after


@command(name="scale-recipe")
def scale_recipe(lines: list[str], servings: int, wanted: int) -> list[str]:
    """Write a recipe for another number of people."""
    if servings < 1 or wanted < 1:
        raise InputError("a recipe is for one person at least")
    return [scaled(line, Fraction(wanted, servings)) for line in lines]
