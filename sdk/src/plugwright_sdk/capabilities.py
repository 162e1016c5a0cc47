"""What a plugin may ask of the host, each behind a permission of its own."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from plugwright_sdk._bridge import call
from plugwright_sdk.conversion import write
from plugwright_sdk.shapes import Shape

KEY_LENGTH = 512

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def plain(value: object, name: str) -> Any:
    """Turn a value into JSON on its way out, or say which part cannot be."""
    return write(Shape(), value, name)


def check_key(key: object) -> str:
    """Give back a storage key, or say why it is none."""
    if not isinstance(key, str):
        raise TypeError(f"a storage key must be text, not {type(key).__name__}")
    if not key:
        raise ValueError("a storage key must not be empty")
    return _check_text(key, "key")


def _check_text(text: str, what: str) -> str:
    if len(text) > KEY_LENGTH:
        raise ValueError(f"a storage {what} must have at most {KEY_LENGTH} characters")
    if _CONTROL.search(text):
        raise ValueError(f"a storage {what} must have no control characters")
    return text


class Storage:
    """Values that outlive the call, by key; needs the permission `storage`."""

    def get(self, key: str, default: Any = None) -> Any:
        """Give back a stored value."""
        answer = call("storage.get", {"key": check_key(key)})
        return answer["value"] if answer["found"] else default

    def set(self, key: str, value: object) -> None:
        """Keep a value, as JSON."""
        stored = plain(value, "value")
        call("storage.set", {"key": check_key(key), "value": stored})

    def delete(self, key: str) -> None:
        """Forget a value, if it is there."""
        call("storage.delete", {"key": check_key(key)})

    def keys(self, prefix: str = "") -> list[str]:
        """List the keys that begin like this, sorted."""
        return sorted(call("storage.keys", {"prefix": _check_text(prefix, "prefix")}))

    def query(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Ask in SQL, as `SELECT key, value FROM storage`; each value is JSON text.

        Write `?` in the place of every parameter.
        """
        asked = {"sql": str(sql), "parameters": plain(list(parameters), "parameters")}
        answer = call("storage.query", asked)
        return [
            dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]
        ]

    def __contains__(self, key: str) -> bool:
        return bool(call("storage.get", {"key": check_key(key)})["found"])


class Log:
    """Lines for whoever looks after the plugin; needs the permission `log`."""

    def debug(self, message: str, /, **fields: object) -> None:
        """Say what helps to find a fault."""
        self._write("debug", message, fields)

    def info(self, message: str, /, **fields: object) -> None:
        """Say what happened."""
        self._write("info", message, fields)

    def warning(self, message: str, /, **fields: object) -> None:
        """Say what somebody should look at."""
        self._write("warning", message, fields)

    def error(self, message: str, /, **fields: object) -> None:
        """Say what went wrong."""
        self._write("error", message, fields)

    def _write(self, level: str, message: str, fields: dict[str, object]) -> None:
        line = {"level": level, "message": str(message)}
        call("log", {**line, "fields": plain(fields, "fields")})


class Clock:
    """What time it is, in UTC; needs the permission `clock`."""

    def timestamp(self) -> float:
        """Give back the seconds since 1970."""
        return float(call("clock.now", {}))

    def now(self) -> datetime:
        """Give back the date and time."""
        return datetime.fromtimestamp(self.timestamp(), UTC)

    def today(self) -> date:
        """Give back the date."""
        return self.now().date()


def emit(name: str, data: object = None) -> None:
    """Announce an event to other plugins; needs the permission `events.emit:<name>`."""
    if not isinstance(name, str) or not name:
        raise TypeError("`emit` needs the name of an event")
    call("events.emit", {"name": name, "data": plain(data, "data")})


storage = Storage()
log = Log()
clock = Clock()
