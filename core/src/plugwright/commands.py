"""What a plugin lets others call: commands, for everybody, and tools, for models."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from traceback import extract_tb

from plugwright.errors import BrokeContract, PlugwrightError, UsageError, in_one_line
from plugwright.faults import raise_for
from plugwright.manifest import CommandSpec
from plugwright.quotas import Usage
from plugwright.running import Call
from plugwright.sandboxes import JSON, Failure, Kind, Outcome


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command of a host plugin; reached as those of sandboxed plugins are."""

    name: str
    spec: CommandSpec
    call: Callable[[dict[str, JSON]], JSON]
    """Takes the arguments by name. Only JSON goes in and comes out."""


@dataclass(frozen=True, kw_only=True)
class Tool(Command):
    """A command for models, which a person does not type."""

    needs_approval: bool = True
    """Whether a person is asked before each call, unless they said otherwise."""


def called(plugin: str, command: Command, arguments: dict[str, JSON]) -> Call:
    """Call a host plugin's command, with the errors of a sandboxed plugin's."""
    started = time.perf_counter()
    try:
        given = {name: _copied(value) for name, value in arguments.items()}
    except _NO_JSON as error:
        raise UsageError(
            f"`{plugin}` cannot use this input: {in_one_line(error)}",
            remedy="give it JSON",
        ) from error
    try:
        value = command.call(given)
    except (PlugwrightError, KeyboardInterrupt):
        raise  # said on purpose
    except BaseException as error:
        # Broad on purpose: this is a stranger's code; `sys.exit` included.
        raise_for(plugin, Outcome(failure=_failure(error)))
    try:
        value = _copied(value)
    except _NO_JSON as error:
        raise BrokeContract(
            plugin,
            f"its answer is no JSON: {in_one_line(error)}",
            remedy="report it to the plugin's author",
        ) from error
    return Call(value=value, usage=Usage(seconds=time.perf_counter() - started))


_NO_JSON = (TypeError, ValueError, RecursionError)


def _copied(value: JSON) -> JSON:
    # Nothing is shared, and what is no JSON here is none for a sandboxed plugin either.
    copied: JSON = json.loads(json.dumps(value, allow_nan=False))
    return copied


_KINDS = {"input": Kind.INPUT, "denied": Kind.DENIED}


def _failure(error: BaseException) -> Failure:
    # Errors of the SDK say so by an attribute, in the sandbox as here.
    kind = _KINDS.get(getattr(error, "plugwright_kind", ""), Kind.RAISED)
    denied = getattr(error, "permission", "")
    return Failure(
        kind=kind,
        type=str(denied) if kind is Kind.DENIED else type(error).__name__,
        message=in_one_line(error).partition(": ")[2],
        where=_where(error),
    )


def _where(error: BaseException) -> str:
    """Name the last line of the plugin's own; in the SDK it would help nobody."""
    for frame in reversed(extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.parent.name not in ("plugwright", "plugwright_sdk"):
            return f"{file.name}:{frame.lineno}"
    return ""
