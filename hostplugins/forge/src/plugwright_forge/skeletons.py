"""Plugins made from a specification alone: its interface, and an empty plugin.

The interface is what implementers fill and testers read. The empty plugin is what a
test has to fail on, or it proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plugwright_forge.specification import Command, Setting, Specification

HEADER = """\
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal, NamedTuple, NotRequired, Optional, TypedDict, Union

from plugwright_sdk import InputError, clock, command, emit, log, on, storage"""
"""What an interface may be made of, without saying where it comes from."""


def interface(specification: Specification) -> str:
    """Write the plugin with its types and signatures, and no bodies."""
    return _file(
        HEADER,
        specification.types.strip(),
        "\n".join(map(_constant, specification.settings)),
        *map(signature, specification.commands),
        *_handlers(specification.events),
    )


def empty_plugin(specification: Specification) -> str:
    """Write the plugin whose every command takes anything and returns None."""
    return _file(
        "from plugwright_sdk import command, on",
        *map(_empty, specification.commands),
        *_handlers(specification.events),
    )


def _file(*parts: str) -> str:
    return "\n\n\n".join(filter(None, parts)) + "\n"


def signature(
    command: Command, body: Sequence[str] = ("raise NotImplementedError",)
) -> str:
    """Write a command's function, with the lines of its body."""
    parameters = ", ".join(f"{p.name}: {p.type}" for p in command.parameters)
    return (
        f'@command(name="{command.name}")\n'
        f"def {command.function}({parameters}) -> {command.returns}:\n"
        f"    {_docstring(command.summary)}\n"
        + "\n".join(f"    {line}" for line in body)
    )


def _constant(setting: Setting) -> str:
    return f"{setting.name} = {setting.value!r}  # {setting.meaning}"


def _empty(command: Command) -> str:
    parameters = ", ".join(f"{p.name}=None" for p in command.parameters)
    return (
        f'@command(name="{command.name}")\n'
        f"def {command.function}({parameters}):\n"
        "    return None"
    )


def _handlers(events: Iterable[str]) -> list[str]:
    return [
        f'@on("{event}")\ndef hear_{number}(data):\n    pass'
        for number, event in enumerate(events, 1)
    ]


def _docstring(summary: str) -> str:
    return repr(summary) if {'"', "\\"} & {*summary} else f'"""{summary}"""'
