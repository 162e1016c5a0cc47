"""A small real host for tests outside the sandbox: it keeps everything in memory."""

from __future__ import annotations

import importlib
import json
import time
from collections.abc import Callable
from typing import Any

from plugwright_sdk.registry import default


class LocalHost:
    """Answers the same services as a host, and grants them all."""

    def __init__(self) -> None:
        self.storage: dict[str, Any] = {}
        self.logged: list[Any] = []
        self.emitted: list[Any] = []
        self.seconds: float | None = None
        """A clock that stands still; None is the real one."""
        self._services: dict[str, Callable[[dict[str, Any]], Any]] = {
            "storage.get": self._get,
            "storage.set": self._set,
            "storage.delete": self._delete,
            "storage.keys": self._keys,
            "log": self.logged.append,
            "clock.now": lambda _: (
                time.time() if self.seconds is None else self.seconds
            ),
            "events.emit": self.emitted.append,
            "plugin.send": self._send,
            "plugin.stored": self._get,
            "plugin.store": self._set,
            "plugin.emitted": lambda _: self.emitted,
            "plugin.logged": lambda _: self.logged,
            "plugin.set_clock": self._set_clock,
        }

    def call(self, service: str, arguments: dict[str, Any]) -> Any:
        """Answer a service; only JSON crosses, so nothing is shared with the asker."""
        answer = self._services[service](_copy(arguments))
        return _copy(answer)

    def reset(self) -> None:
        """Forget everything."""
        self.storage.clear()
        self.logged.clear()
        self.emitted.clear()
        self.seconds = None

    def _get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        key = arguments["key"]
        return {"found": key in self.storage, "value": self.storage.get(key)}

    def _set(self, arguments: dict[str, Any]) -> None:
        self.storage[arguments["key"]] = arguments["value"]

    def _delete(self, arguments: dict[str, Any]) -> None:
        self.storage.pop(arguments["key"], None)

    def _keys(self, arguments: dict[str, Any]) -> list[str]:
        return [key for key in self.storage if key.startswith(arguments["prefix"])]

    def _send(self, arguments: dict[str, Any]) -> int:
        # A test that only sends events has no reason to import the plugin itself.
        try:
            importlib.import_module("plugin")
        except ModuleNotFoundError as error:
            if error.name != "plugin":
                raise
        return default.send(arguments["name"], arguments["data"])

    def _set_clock(self, arguments: dict[str, Any]) -> None:
        self.seconds = arguments["seconds"]


def _copy(data: Any) -> Any:
    return json.loads(json.dumps(data, allow_nan=False))


local = LocalHost()
"""The one that answers when there is no host."""
