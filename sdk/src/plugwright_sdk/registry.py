"""What a plugin offers: its commands, its event handlers and its initialiser."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain
from typing import Any, TypeVar, overload

from plugwright_sdk.commands import Command
from plugwright_sdk.conversion import read
from plugwright_sdk.errors import InputError, did_you_mean
from plugwright_sdk.signatures import Function, Signature

AnyFunction = TypeVar("AnyFunction", bound=Function)

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class Registry:
    """Everything that one plugin offers."""

    def __init__(self) -> None:
        self.commands: dict[str, Command] = {}
        self.handlers: dict[str, list[tuple[Function, Signature]]] = {}
        self.start: Callable[[], object] | None = None

    @overload
    def command(self, function: Function, /) -> Command: ...

    @overload
    def command(self, /, *, name: str) -> Callable[[Function], Command]: ...

    def command(
        self, function: Function | None = None, /, *, name: str = ""
    ) -> Command | Callable[[Function], Command]:
        """Let the outside call this function, as `@command` or `@command(name=...)`."""
        if function is None:
            return lambda function: self._add(function, name or function.__name__)
        return self._add(function, function.__name__)

    def _add(self, function: Function, name: str) -> Command:
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"`{name}` cannot name a command; use up to 64 lowercase letters, "
                'digits, `-` and `_`, a letter first: @command(name="...")'
            )
        if name in self.commands:
            raise ValueError(f"there are two commands named `{name}`; rename one")
        self.commands[name] = Command(function, name)
        return self.commands[name]

    def on(self, event: str) -> Callable[[AnyFunction], AnyFunction]:
        """Call this function, with the event's data, whenever the event happens."""
        if not isinstance(event, str) or not event:
            raise TypeError('`on` needs the name of an event: @on("thought-updated")')

        def add(function: AnyFunction) -> AnyFunction:
            signature = Signature(function, f"handler `{function.__name__}`")
            if len(signature.names) != 1:
                raise TypeError(
                    f"handler `{function.__name__}` must take one argument, the "
                    f"event's data: def {function.__name__}(data: dict[str, Any])"
                )
            self.handlers.setdefault(event, []).append((function, signature))
            return function

        return add

    def initialiser(self, function: AnyFunction) -> AnyFunction:
        """Call this function once, when the plugin starts."""
        if self.start is not None:
            raise ValueError(
                f"there are two initialisers, `{self.start.__name__}` and "
                f"`{function.__name__}`; join them"
            )
        if Signature(function, f"initialiser `{function.__name__}`").names:
            raise TypeError(f"initialiser `{function.__name__}` must take no arguments")
        self.start = function
        return function

    def find(self, name: str) -> Command:
        """Give back a command, or name the nearest one."""
        if name not in self.commands:
            hint = did_you_mean(name, self.commands)
            raise InputError(f"there is no command `{name:.40}`{hint}")
        return self.commands[name]

    def initialise(self) -> None:
        """Run the initialiser, if there is one."""
        if self.start is not None:
            self.start()

    def send(self, event: str, data: object) -> int:
        """Call all handlers of an event in order, and count them."""
        handlers = self.handlers.get(event, [])
        for function, signature in handlers:
            (parameter,) = signature.parameters.values()
            function(read(parameter.shape, data, "data"))
        return len(handlers)

    def describe(self) -> dict[str, Any]:
        """Say what the host has to know before it calls anything."""
        for _, signature in chain.from_iterable(self.handlers.values()):
            signature.describe()  # finds a bad annotation now, not at the first event
        return {
            "commands": {name: each.describe() for name, each in self.commands.items()},
            "events": list(self.handlers),
            "initialiser": self.start is not None,
        }


default = Registry()
"""The registry of the one plugin that lives in this interpreter."""
