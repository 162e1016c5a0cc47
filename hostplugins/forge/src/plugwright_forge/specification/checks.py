"""What has to hold of a specification before anybody works from it."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping

from plugwright.errors import UsageError
from plugwright.manifest import CommandSpec, Manifest
from plugwright_forge.edge import all_different
from plugwright_forge.fences import Malformed
from plugwright_forge.skeletons import HEADER
from plugwright_forge.specification.model import Example, Specification

API_RANGE = ">=0.1,<0.2"
VERSION = "0.1.0"
_USED = ("pytest", "InputError", "command")
"""Names that every plugin or its tests have already."""


def draft(specification: Specification) -> Manifest:
    """Write the manifest that a specification amounts to, without schemas."""
    return Manifest(
        name=specification.name,
        version=VERSION,
        api=API_RANGE,
        summary=specification.summary,
        permissions=tuple(wish.permission for wish in specification.permissions),
        reasons={wish.permission: wish.reason for wish in specification.permissions},
        commands={
            command.name: CommandSpec(
                summary=command.summary,
                parameters=tuple(parameter.name for parameter in command.parameters),
            )
            for command in specification.commands
        },
        events=specification.events,
    )


def check(specification: Specification) -> None:
    """Raise `Malformed` for what cannot be built, or contradicts itself."""
    all_different("requirement", [each.id for each in specification.requirements])
    all_different("command", [each.name for each in specification.commands])
    all_different("function", [each.function for each in specification.commands])
    all_different("plan", [*specification.plans])
    all_different("invariant", [each.id for each in specification.invariants])
    all_different("setting", [each.name for each in specification.settings])
    _check_functions(specification)
    _check_settings(specification)
    _check_examples(specification)
    _check_types(specification)
    try:
        # The manifest knows which names are legal; it is asked rather than imitated.
        Manifest.parse(draft(specification).dumps())
    except UsageError as error:
        raise Malformed(error.message.replace("`plugin.toml`: ", "")) from error


def _check_functions(specification: Specification) -> None:
    for command in specification.commands:
        where = f"command `{command.name}`: its function"
        if command.function.startswith("test"):
            # pytest would take it for a test of whoever imports it.
            raise Malformed(f"{where} must not begin with `test`, as tests do")
        if command.function in _USED:
            raise Malformed(f"{where} must not be called `{command.function}`")


def _check_settings(specification: Specification) -> None:
    for setting in specification.settings:
        where = f"setting `{setting.name}`"
        is_number = type(setting.value) in (int, float)
        if not is_number and (setting.least, setting.most) != (None, None):
            raise Malformed(f"{where}: only numbers have `least` and `most`")
        if not setting.allows(setting.value):
            raise Malformed(f"{where}: its own value is not {setting.allowed}")
        if setting.name in _defined(specification.types):
            raise Malformed(f"{where}: `types` has that name, too")


def _check_types(specification: Specification) -> None:
    known = {*dir(builtins)} | _defined(HEADER) | _defined(specification.types)
    for command in specification.commands:
        places = {f"parameter `{p.name}`": p.type for p in command.parameters}
        for place, annotation in {**places, "the result": command.returns}.items():
            where = f"command `{command.name}`, {place}: `{annotation}`"
            missing = _names(annotation, where) - known
            if missing:
                raise Malformed(f"{where} needs `{min(missing)}`, not found in `types`")


def _defined(types: str) -> set[str]:
    names = set[str]()
    for node in _parsed(types, "`types`").body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
        else:
            raise Malformed(
                f"`types`, line {node.lineno}: only imports, classes and names of types"
            )
    return names


def _names(annotation: str, where: str) -> set[str]:
    body = _parsed(annotation, where).body
    if len(body) != 1 or not isinstance(body[0], ast.Expr):
        raise Malformed(f"{where} is not a type")
    return {node.id for node in ast.walk(body[0]) if isinstance(node, ast.Name)}


def _parsed(source: str, where: str) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Malformed(f"{where} is not Python: {error}") from error


def _check_examples(specification: Specification) -> None:
    known = {each.id for each in specification.requirements}
    for number, example in enumerate(specification.examples):
        where = f"`examples[{number}]`"
        if example.requirement and example.requirement not in known:
            raise Malformed(f"{where}: there is no {example.requirement}")
        if not example.can_be_tried:
            continue
        if misfit := misfit_of(example, specification):
            raise Malformed(f"{where}: {misfit}")
    _check_contradictions(specification)


def misfit_of(example: Example, specification: Specification) -> str:
    """Say why an example cannot be tried on what is specified; empty if it can."""
    commands = {command.name: command for command in specification.commands}
    for number, step in enumerate(example.before):
        if bool(step.get("command")) is bool(step.get("event")):
            return f"`before[{number}]` needs a `command` or an `event`, and not both"
    steps = [step for step in example.before if step.get("command")]
    for call in (*steps, {"command": example.command, "arguments": example.arguments}):
        name, arguments = str(call["command"]), call.get("arguments", {})
        assert isinstance(arguments, Mapping)
        if name not in commands:
            return f"there is no command `{name}`"
        strange = {*arguments} - {each.name for each in commands[name].parameters}
        if strange:
            return f"`{name}` takes no `{min(strange)}`"
    return ""


def _check_contradictions(specification: Specification) -> None:
    seen: dict[str, Example] = {}
    for example in specification.examples:
        if not example.can_be_tried:
            continue
        other = seen.setdefault(example.call, example)
        if (other.gives, other.refuses) != (example.gives, example.refuses):
            raise Malformed(
                f"two examples of `{example.command}` have the same input and "
                f"different outcomes: {other.text!r} and {example.text!r}"
            )
