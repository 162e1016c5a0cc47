"""What a plugin that models write may wish for at all, before any person is asked.

The rest needs a person who names it first, with `--allow`: a model that may propose
everything would sooner or later be approved with too much.
"""

from __future__ import annotations

from collections.abc import Sequence

from plugwright.permissions import Permission
from plugwright_forge.specification import Specification, Wish

USUAL = tuple(map(Permission.parse, ("storage", "clock", "log", "events.emit:*")))
"""What needs no word: none of it leaves Plugwright."""


def forbidden(
    specification: Specification, allowed: Sequence[Permission] = ()
) -> tuple[Wish, ...]:
    """Give the wishes that neither the policy nor the person who asked allows."""
    open_to_it = (*USUAL, *allowed)
    return tuple(
        wish
        for wish in specification.permissions
        if not any(each.covers(wish.permission) for each in open_to_it)
    )
