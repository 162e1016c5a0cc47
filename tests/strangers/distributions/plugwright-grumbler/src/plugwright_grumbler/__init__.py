"""Says no to whatever it is asked."""

from __future__ import annotations

from plugwright import hookimpl


class GrumbledError(Exception):
    """Nothing that anybody knows."""


@hookimpl
def providers(host: object) -> None:
    """Raise."""
    raise GrumbledError("providers")


@hookimpl
def memories(host: object) -> None:
    """Raise."""
    raise GrumbledError("memories")


@hookimpl
def schedulers(host: object) -> None:
    """Raise."""
    raise GrumbledError("schedulers")


@hookimpl
def commands(host: object) -> None:
    """Raise."""
    raise GrumbledError("commands")


@hookimpl
def tools(host: object) -> None:
    """Raise."""
    raise GrumbledError("tools")


@hookimpl
def abilities(host: object) -> None:
    """Raise."""
    raise GrumbledError("abilities")


@hookimpl
def subcommands() -> None:
    """Raise."""
    raise GrumbledError("subcommands")


@hookimpl
def started(host: object) -> None:
    """Raise."""
    raise GrumbledError("started")


@hookimpl
def stopping(host: object) -> None:
    """Raise."""
    raise GrumbledError("stopping")


@hookimpl
def sandboxes(host: object) -> None:
    """Raise."""
    raise GrumbledError("sandboxes")


@hookimpl
def guest_packages() -> None:
    """Raise."""
    raise GrumbledError("guest_packages")


@hookimpl
def judges(host: object) -> None:
    """Raise."""
    raise GrumbledError("judges")


@hookimpl
async def heard(name: str) -> None:
    """Raise."""
    raise GrumbledError(name)


@hookimpl
async def validate(subject: object) -> None:
    """Raise."""
    raise GrumbledError("validate")
