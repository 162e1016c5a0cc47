"""What each question promises to those who answer it, and they to who asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

import pluggy

P = ParamSpec("P")
R = TypeVar("R")

hookspec = pluggy.HookspecMarker("plugwright")


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What holds for every answer to one question."""

    seconds: float = 10.0
    """How long one plugin may take."""
    closed: bool = False
    """Whether the question fails as a whole if one plugin cannot answer."""
    shape: tuple[str, ...] = ()
    """The attributes that each answer has to have; those in `TEXT` have to be text."""


TEXT = frozenset({"name", "scheme", "what"})
"""What answers of different plugins are told apart by: one that is no text would break
whoever looks through all of them."""


def question(
    *,
    seconds: float = Contract.seconds,
    closed: bool = False,
    shape: tuple[str, ...] = (),
    deprecated: str = "",
    deprecated_arguments: Mapping[str, str] | None = None,
) -> Callable[[Callable[P, R]], staticmethod[P, R]]:
    """Make a function the specification of a hook.

    `deprecated` and `deprecated_arguments` say what to do instead; a plugin that
    still answers, or takes such an argument, is warned when it is registered.
    """
    arguments = {
        name: DeprecationWarning(f"`{name}` goes away: {instead}")
        for name, instead in (deprecated_arguments or {}).items()
    }
    warning = DeprecationWarning(f"this hook goes away: {deprecated}")

    def mark(function: Callable[P, R]) -> staticmethod[P, R]:
        contract = Contract(seconds=seconds, closed=closed, shape=shape)
        function.contract = contract  # type: ignore[attr-defined]
        return staticmethod(
            hookspec(
                function,
                warn_on_impl=warning if deprecated else None,
                warn_on_impl_args=arguments or None,
            )
        )

    return mark
