from typing import TypedDict

from plugwright_sdk import InputError, command


class Count(TypedDict):
    word: str
    count: int


def words_of(text: str) -> list[str]:
    text = text.lower().replace("’", "'")
    signs = [" ", *text, " "]
    for at in range(1, len(signs) - 1):
        joins = signs[at] in ("'", "-")
        between = text[at - 2 : at - 1].isalpha() and text[at : at + 1].isalpha()
        if not signs[at].isalpha() and not (joins and at > 1 and between):
            signs[at] = " "
    return "".join(signs).split()


@command(name="top-words")
def top_words(text: str, n: int, ignored: list[str]) -> list[Count]:
    """Say which words are used most."""
    if n < 0:
        raise InputError("there is no such list")
    counts: dict[str, int] = {}
    for word in words_of(text):
        counts[word] = counts.get(word, 0) + 1
    for word in ignored:
        counts.pop(word.replace("’", "'").lower(), None)
    by_count: dict[int, list[str]] = {}
    for word in sorted(counts):
        by_count.setdefault(counts[word], []).append(word)
    found: list[Count] = []
    for count in sorted(by_count, reverse=True):
        if len(found) >= n:
            break
        found += [{"word": word, "count": count} for word in by_count[count]]
    return found
