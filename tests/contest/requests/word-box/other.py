from datetime import date
from typing import TypedDict

from plugwright_sdk import InputError, command, storage


class Result(TypedDict):
    right: bool
    box: int
    due: str


DAYS = {1: 1, 2: 2, 3: 4, 4: 8, 5: 16}


@command(name="add")
def add(word: str, solution: str, day: str) -> int:
    """Put a new word into the box."""
    words = storage.get("words", {})
    if word.strip() == "" or solution.strip() == "" or word in words:
        raise InputError("this word cannot be added")
    words[word] = [number(day), 1, solution.strip().lower()]
    storage.set("words", words)
    return len(words)


@command(name="answer")
def answer(word: str, given: str, day: str) -> Result:
    """Check an answer; move the word."""
    today = number(day)
    words = storage.get("words", {})
    if word not in words or words[word][0] > today:
        raise InputError("this word is unknown or not due")
    _, box, solution = words[word]
    right = given.strip().lower() == solution
    if not right:
        box = 1
    elif box < 5:
        box += 1
    words[word] = [today + DAYS[box], box, solution]
    storage.set("words", words)
    due = date.fromordinal(today + DAYS[box])
    return {"right": right, "box": box, "due": str(due)}


@command(name="due-words")
def due_words(day: str) -> list[str]:
    """List the words that are due."""
    today = number(day)
    words = storage.get("words", {})
    waiting = [word for word in sorted(words) if words[word][0] <= today]
    return sorted(waiting, key=lambda word: words[word][0])


def number(day: str) -> int:
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError as error:
        raise InputError("this is no day of the calendar") from error
