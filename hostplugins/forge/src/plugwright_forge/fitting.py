"""Whether a plugin has the interface that was specified, neither less nor more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from plugwright.errors import UsageError
from plugwright.manifest import CommandSpec, Manifest
from plugwright_forge.bench import Description
from plugwright_forge.constants import lacking
from plugwright_forge.specification import Command, Specification, Wish
from plugwright_forge.specification.checks import draft


def misfits(specification: Specification, description: Description) -> tuple[str, ...]:
    """Say where the two differ, in words that a programmer can act on."""
    offered, wanted = description.commands, {c.name: c for c in specification.commands}
    problems = [
        _misfit(command, description)
        for name, command in wanted.items()
        if name not in offered
        or offered[name].parameters != _parameters(command)
        or offered[name].function != command.function
    ]
    problems += [
        f"there is a command `{name:.64}` that nobody asked for"
        for name in offered
        if name not in wanted
    ]
    problems += [
        f'it does not listen to the event `{event}`: add @on("{event}")'
        for event in specification.events
        if event not in description.events
    ]
    problems += [
        f"it listens to the event `{event:.64}`, which nobody asked for"
        for event in description.events
        if event not in specification.events
    ]
    return tuple(problems) or _illegible(specification, description)


def unsettled(specification: Specification, source: str) -> tuple[str, ...]:
    """Say which settings are no constants of the file, so nobody could change them."""
    missing = lacking(source, [setting.name for setting in specification.settings])
    return tuple(
        f"the setting `{setting.name}` is no constant: write `{setting.name} = "
        f"{setting.value!r}` once, at the top of the file, and use it"
        for setting in specification.settings
        if setting.name in missing
    )


def manifest(
    specification: Specification,
    description: Description,
    permissions: tuple[Wish, ...],
    provenance: Mapping[str, str],
) -> Manifest:
    """Write the manifest of a plugin that fits.

    Its words are the specification's, for those were read; only the schemas are taken
    from what the plugin says of itself.
    """
    return replace(
        draft(replace(specification, permissions=permissions)),
        commands={
            command.name: CommandSpec(
                summary=command.summary,
                parameters=_parameters(command),
                input=description.commands[command.name].input,
                output=description.commands[command.name].output,
            )
            for command in specification.commands
        },
        provenance=provenance,
    )


def _misfit(command: Command, description: Description) -> str:
    arguments = ", ".join(_parameters(command))
    signature = f'@command(name="{command.name}") def {command.function}({arguments})'
    found = description.commands.get(command.name)
    if found is None:
        return f"there is no command `{command.name}`: write {signature}"
    return f"the command `{command.name}` has another signature: write {signature}"


def _parameters(command: Command) -> tuple[str, ...]:
    return tuple(parameter.name for parameter in command.parameters)


def _illegible(
    specification: Specification, description: Description
) -> tuple[str, ...]:
    try:
        about = manifest(specification, description, specification.permissions, {})
        _parse(about.dumps())
    except UsageError as error:
        return (error.message,)
    return ()


_parse = lru_cache(maxsize=8)(Manifest.parse)  # nearly all candidates have the same
