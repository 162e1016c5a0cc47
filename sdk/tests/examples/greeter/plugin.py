"""Greets people, and remembers whom it has met."""

from typing import Any, Literal

from plugwright_sdk import clock, command, emit, initialiser, log, on, storage

GREETINGS = {"en": "Hello", "fr": "Bonjour"}


@initialiser
def set_up() -> None:
    if "greeted" not in storage:
        storage.set("greeted", 0)


@command
def greet(name: str, language: Literal["en", "fr"] = "en") -> dict[str, str]:
    """Greet somebody."""
    storage.set("greeted", storage.get("greeted") + 1)
    emit("greeted", {"name": name})
    log.info("greeted", name=name)
    return {"text": f"{GREETINGS[language]}, {name}!", "on": clock.today().isoformat()}


@command(name="how-many")
def count() -> int:
    """Count the greetings."""
    return int(storage.get("greeted"))


@on("people-left")
def forget(data: dict[str, Any]) -> None:
    storage.set("greeted", storage.get("greeted") - len(data["names"]))
