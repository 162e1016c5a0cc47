"""The little of WASI that a guest gets; everything else traps.

wasmtime's own WASI blocks in the host while a guest sleeps, where neither fuel nor a
deadline reaches it, and most of its security advisories are about files. So none of it
is linked: there are no files, no sockets, no environment and nothing to wait for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from wasmtime.component import Component, Linker, LinkerInstance

from plugwright_sandbox.wasm.binding import BytesFunction, HostFunction


class World(Protocol):
    """What a guest may learn of the world outside."""

    def seconds(self) -> float:
        """Seconds since 1970. Raises if the guest has no clock."""

    def random_bytes(self, count: int) -> bytes:
        """The next bytes of the guest's own stream."""


RANDOM_LIMIT = 1 << 16
"""Bytes that a guest may draw at once; each costs the host an object."""


class Seconds:
    """A record `{seconds, nanoseconds}` as the binding reads it."""

    def __init__(self, time: float) -> None:
        self.seconds = int(time)
        self.nanoseconds = 0


def define(
    linker: Linker, component: Component, world: Callable[[], World]
) -> list[HostFunction]:
    """Link a component's imports. `world` gives whoever is being called right now.

    What comes back has to be kept as long as the linker.
    """
    linker.define_unknown_imports_as_traps(component)
    linker.allow_shadowing = True
    imports = component.type.imports(linker.engine)
    names = {name.partition("@")[0]: name for name in imports}

    def random_bytes(count: int) -> bytes:
        if count > RANDOM_LIMIT:
            raise ValueError(count)
        return world().random_bytes(count)

    functions: dict[str, dict[str, Callable[..., Any]]] = {
        "wasi:clocks/wall-clock": {"now": lambda _: Seconds(world().seconds())},
        "wasi:clocks/monotonic-clock": {
            "now": lambda _: int(world().seconds() * 1_000_000_000)
        },
        "wasi:filesystem/preopens": {"get-directories": lambda _: []},
        "wasi:cli/environment": {
            "get-environment": lambda _: [],
            "get-arguments": lambda _: [],
            "initial-cwd": lambda _: None,
        },
    }
    random = BytesFunction(random_bytes)
    with linker.root() as root:
        with root.add_instance(names["wasi:random/random"]) as instance:
            random.define(instance, "get-random-bytes")
        for interface, members in functions.items():
            if interface in names:
                with root.add_instance(names[interface]) as instance:
                    _add(instance, members)
    return [random]


def _add(instance: LinkerInstance, members: dict[str, Callable[..., Any]]) -> None:
    for name, function in members.items():
        instance.add_func(name, _guarded(function))


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turn every exception into one that the binding can make a trap of."""

    def call(*args: Any) -> Any:
        try:
            return function(*args)
        except BaseException as error:
            # Broad on purpose: KeyboardInterrupt here would end the whole process.
            raise RuntimeError(type(error).__name__) from None

    return call
