"""What a plugin keeps, by key or asked for in SQL, on its own shelf."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from plugwright.capabilities import sql as questions
from plugwright.capabilities.arguments import Arguments, read
from plugwright.capabilities.grants import Grants
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON, Service
from plugwright.storage import Shelf


class _Key(Arguments):
    key: str


class _Entry(_Key):
    value: JsonValue


class _Prefix(Arguments):
    prefix: str = ""


class _Question(Arguments):
    sql: Annotated[str, Field(max_length=questions.LONGEST)]
    parameters: list[bool | int | float | str | None] = Field(
        default_factory=list, max_length=questions.MOST_PARAMETERS
    )


def services(grants: Grants, shelf: Shelf) -> dict[str, Service]:
    """Open the shelf, or those of its keys that were granted."""

    def check(key: str) -> str:
        grants.check(Permission("storage", key))
        return key

    def mine(key: str) -> bool:
        return grants.find(Permission("storage", key)) is not None

    def use_all() -> None:
        for permission in grants.of("storage"):
            grants.use(permission)

    def get(arguments: dict[str, JSON]) -> JSON:
        try:
            value = shelf.get(check(read(_Key, arguments).key))
        except KeyError:
            return {"found": False, "value": None}
        return {"found": True, "value": value}

    def put(arguments: dict[str, JSON]) -> JSON:
        entry = read(_Entry, arguments)
        shelf.set(check(entry.key), entry.value)
        return None

    def delete(arguments: dict[str, JSON]) -> JSON:
        shelf.delete(check(read(_Key, arguments).key))
        return None

    def keys(arguments: dict[str, JSON]) -> JSON:
        found = shelf.keys(read(_Prefix, arguments).prefix)
        use_all()
        return [key for key in found if mine(key)]

    def query(arguments: dict[str, JSON]) -> JSON:
        asked = read(_Question, arguments)
        use_all()
        # A shelf is small, and only what is copied can be found: see `sql`.
        entries = [(key, text) for key, text in shelf.entries() if mine(key)]
        found = questions.query(entries, asked.sql, asked.parameters)
        return {"columns": [*found.columns], "rows": [[*row] for row in found.rows]}

    return {
        "storage.get": get,
        "storage.set": put,
        "storage.delete": delete,
        "storage.keys": keys,
        "storage.query": query,
    }
