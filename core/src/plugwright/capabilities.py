"""What a sandboxed plugin can ask of its host: exactly what was granted to it.

Who asks is fixed here, when the services are made; nothing that a guest sends can say
otherwise. A service that was not granted does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from plugwright.errors import Denied
from plugwright.ledger import canonical
from plugwright.permissions import EVENT, Permission
from plugwright.sandboxes import JSON, Service
from plugwright.storage import Refused, Shelf

OnEmit: TypeAlias = Callable[[str, str, JSON], None]
"""Told the plugin, the event's name and its data."""
OnLog: TypeAlias = Callable[[str, str, str, dict[str, JSON]], None]
"""Told the plugin, the level, the message and its fields."""

LONGEST_MESSAGE = 4096
"""Bytes of a log message, and of its fields; the rest of a message is cut off."""

# Escape sequences would let a message paint over the screen of whoever reads the log.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_SERVICE = re.compile(r"[a-z][a-z0-9._-]{0,63}", re.ASCII)


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Nothing(_Arguments):
    pass


class _Key(_Arguments):
    key: str


class _Entry(_Key):
    value: JsonValue


class _Prefix(_Arguments):
    prefix: str = ""


class _Message(_Arguments):
    level: Literal["debug", "info", "warning", "error"]
    message: str
    fields: dict[str, JsonValue] = {}


class _Event(_Arguments):
    name: Annotated[str, Field(pattern=f"^{EVENT.pattern}$")]
    data: JsonValue = None


def services(
    plugin: str,
    permissions: Iterable[Permission],
    storage: Shelf,
    on_emit: OnEmit,
    on_log: OnLog,
    now: Callable[[], float],
) -> dict[str, Service]:
    """Make the services that these permissions allow, for this plugin alone."""
    granted = tuple(permissions)
    every = {
        **_storage(storage),
        "log": _log(plugin, on_log),
        "clock.now": _clock(now),
        "events.emit": _emit(plugin, granted, on_emit),
    }
    names = {permission.name for permission in granted}
    return {name: ask for name, ask in every.items() if _needs(name) in names}


def permission_of(service: str, arguments: JSON) -> str:
    """Name the permission that a service needs, in words fit for the ledger.

    The guest chooses both arguments, so nothing of them is repeated that is not plain.
    """
    if not _SERVICE.fullmatch(service):
        return "unknown"
    name = arguments.get("name") if isinstance(arguments, dict) else None
    if service == "events.emit" and isinstance(name, str) and EVENT.fullmatch(name):
        return f"events.emit:{name}"
    return _needs(service)


def _needs(service: str) -> str:
    if service.startswith("storage."):
        return "storage"
    return "clock" if service == "clock.now" else service


def _storage(shelf: Shelf) -> dict[str, Service]:
    def get(arguments: dict[str, JSON]) -> JSON:
        try:
            value = shelf.get(_read(_Key, arguments).key)
        except KeyError:
            return {"found": False, "value": None}
        return {"found": True, "value": value}

    def put(arguments: dict[str, JSON]) -> JSON:
        entry = _read(_Entry, arguments)
        shelf.set(entry.key, entry.value)
        return None

    def delete(arguments: dict[str, JSON]) -> JSON:
        shelf.delete(_read(_Key, arguments).key)
        return None

    def keys(arguments: dict[str, JSON]) -> JSON:
        return [*shelf.keys(_read(_Prefix, arguments).prefix)]

    return {
        "storage.get": get,
        "storage.set": put,
        "storage.delete": delete,
        "storage.keys": keys,
    }


def _log(plugin: str, on_log: OnLog) -> Service:
    def log(arguments: dict[str, JSON]) -> JSON:
        entry = _read(_Message, arguments)
        if len(canonical(entry.fields)) > LONGEST_MESSAGE:
            raise Refused(
                f"the fields of a log message have at most {LONGEST_MESSAGE} bytes",
                remedy="log less",
            )
        plain = _CONTROL.sub(" ", entry.message)
        message = plain.encode()[:LONGEST_MESSAGE].decode(errors="ignore")
        on_log(plugin, entry.level, message, entry.fields)
        return None

    return log


def _clock(now: Callable[[], float]) -> Service:
    def clock(arguments: dict[str, JSON]) -> JSON:
        _read(_Nothing, arguments)
        # Whole seconds: a finer clock measures what the host and others are doing.
        return float(int(now()))

    return clock


def _emit(plugin: str, granted: tuple[Permission, ...], on_emit: OnEmit) -> Service:
    def emit(arguments: dict[str, JSON]) -> JSON:
        event = _read(_Event, arguments)
        wanted = Permission("events.emit", event.name)
        if not any(permission.covers(wanted) for permission in granted):
            raise Denied(str(wanted))
        on_emit(plugin, event.name, event.data)
        return None

    return emit


A = TypeVar("A", bound=_Arguments)


def _read(shape: type[A], arguments: dict[str, JSON]) -> A:
    try:
        return shape.model_validate(arguments)
    except ValidationError as error:
        found = error.errors(include_input=False)[0]
        place = ".".join(map(str, found["loc"])) or "arguments"
        raise Refused(f"`{place:.80}`: {found['msg']}") from error
