"""The door of the guest: every call of the sandbox into a plugin comes through here."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Callable
from typing import Any

from plugwright_sdk.memories import ask
from plugwright_sdk.registry import Registry, default
from plugwright_sdk.shapes import JSON

# From Python 3.14 on, `ast.unparse` imports its work at the first call, and dataclasses
# that speak of themselves call it. A guest can import nothing late, so it is now.
ast.unparse(ast.Constant(0))


def dispatch(operation: str, arguments: Any) -> JSON:
    """Do what the host asks, and give back JSON."""
    if operation not in _OPERATIONS:
        raise ValueError(f"there is no operation `{operation}`")
    return _OPERATIONS[operation](arguments)


def _load(arguments: Any) -> JSON:
    importlib.import_module("plugin")
    if arguments and arguments.get("initialise"):
        default.initialise()
    return None


def _describe(_: Any) -> JSON:
    return default.describe()


def _command(arguments: Any) -> JSON:
    return default.find(arguments["name"]).run(arguments["arguments"])


def _event(arguments: Any) -> JSON:
    return default.send(arguments["name"], arguments["data"])


def _tool(arguments: Any) -> JSON:
    return default.find_tool(arguments["name"]).run(arguments["arguments"])


def _validate(arguments: Any) -> JSON:
    return default.validate(arguments)


def _memory(arguments: Any) -> JSON:
    memory = default.remembering(arguments["owner"])
    return ask(memory, arguments["method"], arguments["arguments"])


_OPERATIONS: dict[str, Callable[[Any], JSON]] = {
    "load": _load,
    "describe": _describe,
    "command": _command,
    "event": _event,
    "tool": _tool,
    "validate": _validate,
    "memory": _memory,
}


def warm_up() -> None:
    """Offer and call a command a few times while the guest image is built.

    What the interpreter learns here, no fresh guest has to learn again.
    """
    for _ in range(10):
        registry = Registry()

        @registry.command
        def echo(number: int, names: list[str], note: str = "") -> dict[str, int]:
            """Give back a number for each name."""
            return dict.fromkeys(names, number)

        registry.describe()
        registry.find("echo").run({"number": 1, "names": ["a", "b"]})
