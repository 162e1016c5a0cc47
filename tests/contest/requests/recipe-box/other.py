from typing import Literal

from plugwright_sdk import InputError, command, storage


@command(name="save")
def save(title: str, tags: list[str], text: str) -> Literal["new", "replaced"]:
    """Keep a recipe."""
    words = title.split()
    shown = " ".join(words)
    if words == [] or len(shown) >= 81:
        raise InputError("this is no title")
    answer: Literal["new", "replaced"] = "replaced" if remove.function(title) else "new"
    record = {"title": shown, "tags": clean(tags), "text": text}
    storage.set(key(title), record)
    for tag in record["tags"]:
        change(tag, key(title), add=True)
    return answer


@command(name="find")
def find(tags: list[str]) -> list[str]:
    """Find recipes by tags."""
    found = set(storage.keys("recipe/"))
    for tag in clean(tags):
        found &= set(storage.get(f"tag/{tag}", []))
    return [storage.get(each)["title"] for each in sorted(found)]


@command(name="remove")
def remove(title: str) -> bool:
    """Drop a recipe."""
    record = storage.get(key(title))
    if record is None:
        return False
    for tag in record["tags"]:
        change(tag, key(title), add=False)
    storage.delete(key(title))
    return True


def change(tag: str, recipe: str, *, add: bool) -> None:
    titles = [each for each in storage.get(f"tag/{tag}", []) if each != recipe]
    storage.set(f"tag/{tag}", titles + [recipe] * add)


def key(title: str) -> str:
    return "recipe/" + " ".join(title.lower().split())


def clean(tags: list[str]) -> list[str]:
    found: list[str] = []
    for tag in sorted(tag.strip().lower() for tag in tags):
        if tag not in ("", *found[-1:]):
            found.append(tag)
    return found
