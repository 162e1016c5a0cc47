"""Finds who offers what is asked for by name, and names whose code it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from plugwright.errors import (
    BrokeContract,
    HostError,
    PlugwrightError,
    UsageError,
    in_one_line,
)
from plugwright.permissions import nearest

T = TypeVar("T")


def only(
    what: str, name: str, offers: Sequence[tuple[str, str, T]], distribution: str
) -> tuple[str, T]:
    """Find who offers a name; two who do are both named."""
    found = named(what, name, offers, distribution)
    if len(found) > 1:
        plugins = " and ".join(sorted(f"`{plugin}`" for plugin, _ in found))
        raise UsageError(
            f"{plugins} both offer the {what} `{name}`",
            remedy="uninstall one of them; see `plugwright plugins`",
        )
    return found[0]


def named(
    what: str, name: str, offers: Sequence[tuple[str, str, T]], distribution: str
) -> Sequence[tuple[str, T]]:
    """Find all who offer a name; there is one at least."""
    if not offers:
        raise nobody_offers(what, distribution)
    found = [(plugin, offer) for plugin, offered, offer in offers if offered == name]
    if not found:
        raise UsageError(
            f"there is no {what} `{name:.80}`",
            remedy=nearest(name, {offered for _, offered, _ in offers}),
        )
    return found


def nobody_offers(what: str, distribution: str) -> HostError:
    """Say what to install."""
    return HostError(
        f"no installed plugin offers a {what}",
        remedy=f"pip install {distribution}; `plugwright plugins` names broken ones",
    )


@contextmanager
def naming_plugin(plugin: str) -> Iterator[None]:
    """Say whose code it was that raised; what it says on purpose passes through."""
    try:
        yield
    except PlugwrightError:
        raise
    except Exception as error:
        # Broad on purpose: this is a stranger's code.
        raise BrokeContract(
            plugin, in_one_line(error), remedy="update or uninstall that plugin"
        ) from error
