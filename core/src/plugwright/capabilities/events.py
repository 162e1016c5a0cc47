"""Events, by which plugins tell each other what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias

from pydantic import Field, JsonValue

from plugwright.capabilities.arguments import Arguments, read
from plugwright.capabilities.grants import Grants
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON, Service
from plugwright.targets import EVENT

OnEmit: TypeAlias = Callable[[str, str, JSON], None]
"""Told the plugin, the event's name and its data."""


class _Event(Arguments):
    name: Annotated[str, Field(pattern=f"^{EVENT.pattern}$")]
    data: JsonValue = None


def services(plugin: str, grants: Grants, on_emit: OnEmit) -> dict[str, Service]:
    """Pass on events whose names were granted."""

    def emit(arguments: dict[str, JSON]) -> JSON:
        event = read(_Event, arguments)
        grants.check(Permission("events.emit", event.name))
        on_emit(plugin, event.name, event.data)
        return None

    return {"events.emit": emit}
