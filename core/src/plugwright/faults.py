"""What went wrong in a guest, as the error that it is to whoever called."""

from __future__ import annotations

from collections.abc import Iterable

from plugwright.amounts import reread
from plugwright.capabilities import was_denied
from plugwright.capabilities.grants import LONGEST, shown
from plugwright.errors import (
    BrokeContract,
    Denied,
    NotLoaded,
    PluginError,
    PlugwrightError,
    Stopped,
    UsageError,
)
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON, Failure, Kind, Outcome
from plugwright.sources import plain


def permission_in(refused: str) -> str:
    """Name the permission that a guest lacked: for `storage.get` it is `storage`."""
    if refused.startswith("import:"):
        return plain(refused)
    return was_denied(refused)


def raise_for(name: str, outcome: Outcome) -> JSON:
    """Give an outcome's value, or raise its failure as the error it is to a caller."""
    failure = outcome.failure
    if failure is None:
        return outcome.value
    if failure.kind is Kind.DENIED:
        # What the host itself refused last; what the guest calls it may be anything.
        raise _denied(name, permission_in((failure.type, *outcome.denied)[-1]))
    raise _error(name, failure)


def _error(name: str, failure: Failure) -> PluginError | Stopped | UsageError:
    # A guest chose every word of it, and a person reads it on a screen.
    # In one line: a second one could pass for a sentence of the host's own.
    what, message = (
        plain(" ".join(text.splitlines())) for text in (failure.type, failure.message)
    )
    where = f" ({plain(failure.where)})" if failure.where else ""
    said = f"{what}: {message}{where}"
    match failure.kind:
        case Kind.INPUT:
            return UsageError(
                f"`{name}` cannot use this input: {message}",
                remedy="correct the input",
            )
        case Kind.STOPPED:
            return Stopped(what, reread(what, message), plugin=name)
        case Kind.LOAD:
            return NotLoaded(name, said, remedy="its code has to be corrected")
        case _:
            return BrokeContract(name, said, remedy="report it to the plugin's author")


def in_full(
    error: Denied, asked: Permission | None, granted: Iterable[Permission]
) -> Denied:
    """Say what was asked for, the whole address of it, and what was granted instead."""
    if asked is None or shown(asked) != error.permission:
        return error
    alike = [str(each) for each in granted if each.name == asked.name]
    return Denied(
        error.permission,
        remedy=error.remedy,
        asked=plain(str(asked))[:LONGEST],
        granted=alike,
    )


def _denied(name: str, permission: str) -> Denied:
    if permission.startswith(("import:", "storage.query:")):
        return Denied(permission, remedy=f"no plugin may; `{name}` has to do without")
    return Denied(
        permission,
        remedy=f"`{name}` has to ask for it in plugin.toml, then be approved",
    )


def add_last_words(error: PlugwrightError, log: Iterable[str], output: str) -> None:
    """Note what the plugin wrote before it failed: for a person, and in no message."""
    for line in (*log, *output.splitlines()):
        error.add_note(plain(line))
