import unicodedata
from functools import cmp_to_key

from plugwright_sdk import command

DIGITS = "0123456789"


def words_of(title: str) -> list[str]:
    words: list[str] = []
    before = "nothing"
    for sign in unicodedata.normalize("NFD", title.casefold()):
        if sign in "'’" or unicodedata.category(sign).startswith("M"):
            continue
        kind = "digit" if sign in DIGITS else "letter" if sign.isalpha() else "nothing"
        if kind != "nothing":
            if kind == before:
                words[-1] += sign
            else:
                words.append(sign)
        before = kind
    if words[1:] and words[0] in {"the", "a", "an"}:
        return words[1:]
    return words


def compare(one: list[str], other: list[str]) -> int:
    for mine, theirs in zip(one, other, strict=False):
        if mine[0] in DIGITS and theirs[0] in DIGITS:
            mine = mine.lstrip("0").rjust(len(theirs), "0")
            theirs = theirs.lstrip("0").rjust(len(mine), "0")
            mine = mine.rjust(len(theirs), "0")
        # Digits stand before all letters by themselves.
        if mine != theirs:
            return -1 if mine < theirs else 1
    return len(one) - len(other)


@command(name="shelf-order")
def shelf_order(titles: list[str]) -> list[str]:
    """Put titles into the order of the shelf."""
    listed = [(words_of(title), title) for title in titles]
    listed.sort(key=cmp_to_key(lambda one, other: compare(one[0], other[0])))
    return [title for _, title in listed]
