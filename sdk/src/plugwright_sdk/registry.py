"""What a plugin offers: its commands, its event handlers and its initialiser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any, NamedTuple, TypeVar, overload

from plugwright_sdk.commands import Command
from plugwright_sdk.conversion import read
from plugwright_sdk.errors import InputError, did_you_mean
from plugwright_sdk.memories import Memory
from plugwright_sdk.shapes import JSON
from plugwright_sdk.signatures import Function, Signature
from plugwright_sdk.validation import Finding, Subject, findings_of, subject_of

AnyFunction = TypeVar("AnyFunction", bound=Function)
AnyMemory = TypeVar("AnyMemory", bound=Memory)

Validator = Callable[[Subject], Iterable[Finding]]

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class Tool(NamedTuple):
    """A command for models."""

    command: Command
    needs_approval: bool
    """Whether a person is asked before each call, unless they said otherwise."""


class Registry:
    """Everything that one plugin offers."""

    def __init__(self) -> None:
        self.commands: dict[str, Command] = {}
        self.handlers: dict[str, list[tuple[Function, Signature]]] = {}
        self.tools: dict[str, Tool] = {}
        self.validators: dict[str, list[Validator]] = {}
        """By the kind of subject that they look at."""
        self.memory_kind: Callable[[str], Memory] | None = None
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

    @overload
    def tool(self, function: Function, /) -> Command: ...

    @overload
    def tool(
        self, /, *, name: str = "", needs_approval: bool = True
    ) -> Callable[[Function], Command]: ...

    def tool(
        self,
        function: Function | None = None,
        /,
        *,
        name: str = "",
        needs_approval: bool = True,
    ) -> Command | Callable[[Function], Command]:
        """Let models call this; a person is asked first, unless told not to."""
        if function is None:
            return lambda function: self._add_tool(function, name, needs_approval)
        return self._add_tool(function, name, needs_approval)

    def validator(self, *kinds: str) -> Callable[[Validator], Validator]:
        """Show this function every subject of these kinds: `@validator("text")`.

        It takes a `Subject` and gives the `Finding`s.
        """
        if not kinds or not all(isinstance(kind, str) and kind for kind in kinds):
            raise TypeError('`validator` needs kinds of subjects: @validator("text")')

        def add(function: Validator) -> Validator:
            for kind in kinds:
                self.validators.setdefault(kind, []).append(function)
            return function

        return add

    def memory(self, kind: type[AnyMemory]) -> type[AnyMemory]:
        """Offer this class as a memory; it is made with the name of each owner."""
        if self.memory_kind is not None:
            raise ValueError("there are two memories; a plugin offers one")
        for method in ("remember", "recall", "forget"):
            if not callable(getattr(kind, method, None)):
                raise TypeError(f"memory `{kind.__name__}` has no method `{method}`")
        self.memory_kind = kind
        return kind

    def _add_tool(self, function: Function, name: str, needs_approval: bool) -> Command:
        name = name or function.__name__
        if name in self.tools:
            raise ValueError(f"there are two tools named `{name}`; rename one")
        _check_name(name, "tool")
        command = Command(function, name)
        self.tools[name] = Tool(command, needs_approval)
        return command

    def _add(self, function: Function, name: str) -> Command:
        _check_name(name, "command")
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

    def find_tool(self, name: str) -> Command:
        """Give back a tool, or name the nearest one."""
        if name not in self.tools:
            hint = did_you_mean(name, self.tools)
            raise InputError(f"there is no tool `{name:.40}`{hint}")
        return self.tools[name].command

    def validate(self, subject: Mapping[str, Any]) -> list[JSON]:
        """Show a subject to everybody who looks at its kind."""
        shown = subject_of(subject)
        found: list[JSON] = []
        for function in self.validators.get(shown.kind, []):
            found += findings_of(function(shown), function.__name__)
        return found

    def remembering(self, owner: str) -> Memory:
        """Give what one owner keeps."""
        if self.memory_kind is None:
            raise InputError("this plugin has no memory")
        return self.memory_kind(owner)

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
            "tools": {
                name: {**tool.command.describe(), "needs_approval": tool.needs_approval}
                for name, tool in self.tools.items()
            },
            "validates": list(self.validators),
            "memory": self.memory_kind is not None,
            "initialiser": self.start is not None,
        }


def _check_name(name: str, what: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"`{name}` cannot name a {what}; use up to 64 lowercase letters, "
            f'digits, `-` and `_`, a letter first: @{what}(name="...")'
        )


default = Registry()
"""The registry of the one plugin that lives in this interpreter."""
