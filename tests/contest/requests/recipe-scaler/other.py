from fractions import Fraction

from plugwright_sdk import InputError, command

DIGITS = "0123456789"
SIGNS = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4)}


class Reader:
    """Reads a line from the left; who finds nothing gives back None and stays."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def spaces(self) -> int:
        return self.run(" ")

    def run(self, signs: str) -> int:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in signs:
            self.at += 1
        return self.at - start

    def whole(self) -> int | None:
        start = self.at
        return int(self.text[start : self.at]) if self.run(DIGITS) else None

    def part(self) -> Fraction | None:
        """A fraction, or a sign for one."""
        start = self.at
        if start < len(self.text) and self.text[start] in SIGNS:
            self.at += 1
            return Fraction(*SIGNS[self.text[start]])
        above = self.whole()
        if above is not None and self.text[self.at : self.at + 1] == "/":
            self.at += 1
            below = self.whole()
            if below == 0:
                raise InputError("nothing can be divided by zero")
            if below is not None:
                return Fraction(above, below)
        self.at = start
        return None

    def amount(self) -> Fraction | None:
        part = self.part()
        if part is not None:
            return part
        whole = self.whole()
        if whole is None:
            return None
        end = self.at
        if self.text[end : end + 1] == ".":
            self.at += 1
            places = self.run(DIGITS)
            if places:
                decimals = int(self.text[end + 1 : self.at])
                return whole + Fraction(decimals, 10**places)
            self.at = end
        self.spaces()
        part = self.part()
        if part is None:
            self.at = end
            return Fraction(whole)
        return whole + part


def in_words(amount: Fraction) -> str:
    whole, rest = int(amount), amount - int(amount)
    return " ".join(str(part) for part in (whole, rest) if part) or "0"


@command(name="scale-recipe")
def scale_recipe(lines: list[str], servings: int, wanted: int) -> list[str]:
    """Write a recipe for another number of people."""
    if min(servings, wanted) <= 0:
        raise InputError("nobody eats that")
    written: list[str] = []
    for line in lines:
        reader = Reader(line)
        new = line[: reader.spaces()]
        amount = reader.amount()
        if amount is None:
            written.append(line)
            continue
        new += in_words(amount * wanted / servings)
        end = reader.at
        if line[end : end + 1] in ("-", "–"):
            reader.at += 1
            upper = reader.amount()
            if upper is None:
                reader.at = end
            else:
                new += line[end] + in_words(upper * wanted / servings)
        written.append(new + line[reader.at :])
    return written
