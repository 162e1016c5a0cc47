"""Keeps notes."""

from plugwright_sdk import command, storage


@command
def note(text: str) -> int:
    """Keep a note; gives how many there are."""
    number = len(storage.keys("note/")) + 1
    storage.set(f"note/{number}", text)
    return number
