from datetime import date, timedelta
from typing import TypedDict

from plugwright_sdk import InputError, command, storage


class Result(TypedDict):
    right: bool
    box: int
    due: str


BOXES = 5
PREFIX = "word/"


@command(name="add")
def add(word: str, solution: str, day: str) -> int:
    """Put a new word into the box."""
    if not word.strip() or not solution.strip():
        raise InputError("neither word nor solution may be empty")
    key = PREFIX + word
    if key in storage:
        raise InputError(f"{word} is in the box already")
    due = _day(day).isoformat()
    storage.set(key, {"solution": solution, "box": 1, "due": due})
    return len(storage.keys(PREFIX))


@command(name="answer")
def answer(word: str, given: str, day: str) -> Result:
    """Check an answer; move the word."""
    today = _day(day)
    card = storage.get(PREFIX + word) if word else None
    if card is None:
        raise InputError(f"there is no word {word}")
    if today < _day(card["due"]):
        raise InputError(f"{word} is not due before {card['due']}")
    right = _plain(given) == _plain(card["solution"])
    card["box"] = min(card["box"] + 1, BOXES) if right else 1
    card["due"] = (today + timedelta(days=2 ** (card["box"] - 1))).isoformat()
    storage.set(PREFIX + word, card)
    return {"right": right, "box": card["box"], "due": card["due"]}


@command(name="due-words")
def due_words(day: str) -> list[str]:
    """List the words that are due."""
    today = _day(day).isoformat()
    cards = [(storage.get(key)["due"], key) for key in storage.keys(PREFIX)]
    return [key.removeprefix(PREFIX) for due, key in sorted(cards) if due <= today]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"{text} is no day") from None


def _plain(text: str) -> str:
    return text.strip().lower()
