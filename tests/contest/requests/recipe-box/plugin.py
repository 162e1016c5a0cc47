from typing import Literal

from plugwright_sdk import InputError, command, storage

PREFIX = "recipe/"
LONGEST = 80


@command(name="save")
def save(title: str, tags: list[str], text: str) -> Literal["new", "replaced"]:
    """Keep a recipe."""
    cleaned = _cleaned(title)
    if len(cleaned) == 0 or len(cleaned) > LONGEST:
        raise InputError(f"a title has up to {LONGEST} characters")
    key = PREFIX + cleaned.lower()
    was_there = key in storage
    storage.set(key, {"title": cleaned, "tags": _tags(tags), "text": text})
    return "replaced" if was_there else "new"


@command(name="find")
def find(tags: list[str]) -> list[str]:
    """Find recipes by tags."""
    wanted = set(_tags(tags))
    # The keys come sorted; they are the titles in small letters.
    recipes = [storage.get(key) for key in storage.keys(PREFIX)]
    return [recipe["title"] for recipe in recipes if wanted <= set(recipe["tags"])]


@command(name="remove")
def remove(title: str) -> bool:
    """Drop a recipe."""
    key = PREFIX + _cleaned(title).lower()
    was_there = key in storage
    storage.delete(key)
    return was_there


def _cleaned(title: str) -> str:
    return " ".join(title.split())


def _tags(tags: list[str]) -> list[str]:
    return sorted({tag.strip().lower() for tag in tags if tag.strip()})
