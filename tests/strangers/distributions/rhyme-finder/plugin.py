"""Finds words that rhyme."""

from plugwright_sdk import command, storage


@command
def rhymes(word: str, text: str) -> list[str]:
    """Find the words of a text that rhyme with a word."""
    storage.set("asked", storage.get("asked", 0) + 1)
    found = {other for other in text.lower().split() if other[-3:] == word[-3:]}
    return sorted(found - {word})
