import re
import unicodedata

from plugwright_sdk import command

ARTICLES = ("the", "a", "an")
DIGITS = "0123456789"
APOSTROPHES = str.maketrans("", "", "'\N{RIGHT SINGLE QUOTATION MARK}")
WORD = re.compile(r"[0-9]+|[^0-9 ]+")


def plain(title: str) -> str:
    """Give a title in small letters without accents, and spaces for all signs."""
    apart = unicodedata.normalize("NFD", title.translate(APOSTROPHES).casefold())
    return "".join(
        sign if sign.isalpha() or sign in DIGITS else " "
        for sign in apart
        if not unicodedata.combining(sign)
    )


def place(title: str) -> list[tuple[int, int, str]]:
    words = WORD.findall(plain(title))
    if len(words) > 1 and words[0] in ARTICLES:
        del words[0]
    return [(0, int(word), "") if word[0] in DIGITS else (1, 0, word) for word in words]


@command(name="shelf-order")
def shelf_order(titles: list[str]) -> list[str]:
    """Put titles into the order of the shelf."""
    return sorted(titles, key=place)
