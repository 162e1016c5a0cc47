"""A small real host for tests outside the sandbox: it keeps everything in memory."""

from __future__ import annotations

import base64
import importlib
import json
import time
from collections.abc import Callable
from typing import Any

from plugwright_sdk.errors import HostRefused
from plugwright_sdk.memories import ask
from plugwright_sdk.registry import default


class LocalHost:
    """Answers the same services as a host, and grants them all."""

    def __init__(self) -> None:
        self.storage: dict[str, Any] = {}
        self.logged: list[Any] = []
        self.emitted: list[Any] = []
        self.seconds: float | None = None
        """A clock that stands still; None is the real one."""
        self.web = LocalWeb()
        self.files = LocalFiles()
        self.models = LocalModels()
        self._services: dict[str, Callable[[dict[str, Any]], Any]] = {
            "storage.get": self._get,
            "storage.set": self._set,
            "storage.delete": self._delete,
            "storage.keys": self._keys,
            "storage.query": self._query,
            "log": self.logged.append,
            "clock.now": lambda _: (
                time.time() if self.seconds is None else self.seconds
            ),
            "events.emit": self.emitted.append,
            "http.request": self.web.request,
            "files.read": self.files.read,
            "files.write": self.files.write,
            "files.list": self.files.list,
            "files.exists": self.files.exists,
            "models.ask": self.models.ask,
            "plugin.send": self._send,
            "plugin.validate": self._validate,
            "plugin.memory": self._memory,
            "plugin.stored": self._get,
            "plugin.store": self._set,
            "plugin.emitted": lambda _: self.emitted,
            "plugin.logged": lambda _: self.logged,
            "plugin.fuel": lambda _: 0,
            "plugin.set_clock": self._set_clock,
            "plugin.answer": self.web.answer,
            "plugin.requests": lambda _: self.web.asked,
            "plugin.put_file": self.files.write,
            "plugin.file": self.files.read,
            "plugin.say": self.models.say,
            "plugin.prompts": lambda _: self.models.prompts,
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
        self.web.answers.clear()
        self.web.asked.clear()
        self.files.contents.clear()
        self.models.lines.clear()
        self.models.prompts.clear()

    def _get(self, arguments: dict[str, Any]) -> dict[str, Any]:
        key = arguments["key"]
        return {"found": key in self.storage, "value": self.storage.get(key)}

    def _set(self, arguments: dict[str, Any]) -> None:
        self.storage[arguments["key"]] = arguments["value"]

    def _delete(self, arguments: dict[str, Any]) -> None:
        self.storage.pop(arguments["key"], None)

    def _keys(self, arguments: dict[str, Any]) -> list[str]:
        return [key for key in self.storage if key.startswith(arguments["prefix"])]

    def _query(self, arguments: dict[str, Any]) -> dict[str, Any]:
        # There is none in the sandbox, where this module is, too, but never asked.
        sqlite3 = importlib.import_module("sqlite3")
        connection = sqlite3.connect(":memory:")
        try:
            connection.execute("CREATE TABLE storage (key PRIMARY KEY, value)")
            connection.executemany(
                "INSERT INTO storage VALUES (?, ?)",
                [(key, _text(value)) for key, value in self.storage.items()],
            )
            connection.execute("PRAGMA query_only = ON")
            found = connection.execute(arguments["sql"], arguments["parameters"])
            columns = [column[0] for column in found.description or ()]
            return {"columns": columns, "rows": found.fetchall()}
        except sqlite3.Error as error:
            raise HostRefused(f"SQLite cannot answer this: {error}") from None
        finally:
            connection.close()

    def _send(self, arguments: dict[str, Any]) -> int:
        _load()
        return default.send(arguments["name"], arguments["data"])

    def _validate(self, arguments: dict[str, Any]) -> Any:
        _load()
        return default.validate(arguments)

    def _memory(self, arguments: dict[str, Any]) -> Any:
        _load()
        memory = default.remembering(arguments["owner"])
        return ask(memory, arguments["method"], arguments["arguments"])

    def _set_clock(self, arguments: dict[str, Any]) -> None:
        self.seconds = arguments["seconds"]


def _load() -> None:
    # A test that only sends events has no reason to import the plugin itself.
    try:
        importlib.import_module("plugin")
    except ModuleNotFoundError as error:
        if error.name != "plugin":
            raise


class LocalWeb:
    """Answers what a test said it should."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], dict[str, Any]] = {}
        self.asked: list[dict[str, Any]] = []

    def answer(self, arguments: dict[str, Any]) -> None:
        """Remember an answer."""
        where = arguments.pop("method"), arguments["url"]
        self.answers[where] = arguments

    def request(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Give the answer that there is."""
        self.asked.append(arguments)
        where = arguments["method"], arguments["url"]
        if where not in self.answers:
            raise HostRefused(f"no test said what {' '.join(where)} answers")
        return self.answers[where]


class LocalFiles:
    """Files in a dict. What is granted is not known here, so a folder is its name."""

    def __init__(self) -> None:
        self.contents: dict[str, str] = {}

    def read(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Give a content."""
        path = _path(arguments)
        return {"found": path in self.contents, "body": self.contents.get(path, "")}

    def write(self, arguments: dict[str, Any]) -> None:
        """Make or replace a file."""
        self.contents[_path(arguments)] = arguments["body"]

    def list(self, arguments: dict[str, Any]) -> list[dict[str, Any]]:
        """List what is in a folder."""
        start = _path(arguments).rstrip("/") + "/"
        found = {}
        for path, body in self.contents.items():
            if path.startswith(start):
                name, _, below = path.removeprefix(start).partition("/")
                size = 0 if below else len(base64.b64decode(body))
                found[name] = {"name": name, "is_folder": bool(below), "bytes": size}
        return [found[name] for name in sorted(found)]

    def exists(self, arguments: dict[str, Any]) -> bool:
        """Tell whether there is such a file or folder."""
        path = _path(arguments)
        return any(f"{each}/".startswith(f"{path}/") for each in self.contents)


class LocalModels:
    """Says what a test told it to say, one after the other, the last for ever."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {}
        self.prompts: list[dict[str, str]] = []

    def say(self, arguments: dict[str, Any]) -> None:
        """Remember a line."""
        self.lines.setdefault(arguments["role"], []).append(arguments["text"])

    def ask(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Say the next line."""
        role = arguments["role"]
        self.prompts.append({"role": role, "prompt": arguments["prompt"]})
        lines = self.lines.get(role)
        if not lines:
            raise HostRefused(f"no test said what a model in the role `{role}` answers")
        text = lines.pop(0) if len(lines) > 1 else lines[0]
        return {"text": text, "tokens": len(text), "left": 1000}


def _path(arguments: dict[str, Any]) -> str:
    return f"{arguments['folder'].rstrip('/')}/{arguments['name']}"


def _copy(data: Any) -> Any:
    return json.loads(json.dumps(data, allow_nan=False))


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


local = LocalHost()
"""The one that answers when there is no host."""
