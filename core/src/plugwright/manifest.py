"""What a plugin says of itself in `plugin.toml`, read before any of its code runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import tomli_w
from pydantic import ValidationError

from plugwright.errors import Rejected, UsageError
from plugwright.permissions import Permission
from plugwright.places import MOST_PARTS, long_key
from plugwright.quotas import Quota
from plugwright.sandboxes import GENERATED
from plugwright.sources import MISLEADING as MISLEADING
from plugwright.tables import API as API
from plugwright.tables import File, Mistake, mistake_in

_MAKERS = ("model", "session")
"""What only the provenance of a generated plugin has."""


@dataclass(frozen=True, kw_only=True)
class CommandSpec:
    """One command, as its plugin declares it."""

    summary: str
    parameters: tuple[str, ...] = ()
    """The names of its arguments, in the order in which Python takes them."""
    input: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of the arguments."""
    output: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of the answer."""


@dataclass(frozen=True, kw_only=True)
class ToolSpec(CommandSpec):
    """One tool: a command for models."""

    needs_approval: bool = True
    """Whether a person is asked before each call, unless they said otherwise."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a plugin is, does, needs and comes from."""

    name: str
    version: str
    api: str
    """The hosts it works with: a PEP 440 specifier set."""
    summary: str
    engine: str = GENERATED
    """The sandbox that it runs in."""
    permissions: tuple[Permission, ...] = ()
    reasons: Mapping[Permission, str] = field(default_factory=dict)
    """Why each permission is needed, in the author's words."""
    quota: Quota = field(default_factory=Quota)
    commands: Mapping[str, CommandSpec] = field(default_factory=dict)
    tools: Mapping[str, ToolSpec] = field(default_factory=dict)
    validates: tuple[str, ...] = ()
    """The kinds of subjects that it looks at."""
    memory: bool = False
    """Whether it offers a memory."""
    events: tuple[str, ...] = ()
    """What it wants to hear of. Hearing needs no permission; telling does."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Who made it, from what request, with which models."""

    @classmethod
    def parse(cls, text: str, where: str = "plugin.toml") -> Manifest:
        """Read a manifest; the first mistake is told with its place and its remedy."""
        if line := long_key(text):
            what = f"it has a key of more than {MOST_PARTS} parts"
            raise Rejected("toml", where, line, what, remedy="use a shorter one")
        try:
            table = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            what, line = f"it is not TOML: {error}", _line_in(str(error), text)
            remedy = "correct that place"
            raise Rejected("toml", where, line, what, remedy=remedy) from error
        try:
            return _manifest(File.model_validate(table))
        except ValidationError as error:
            raise mistake_in(error).at(text, where) from error
        except Mistake as mistake:
            raise mistake.at(text, where) from mistake

    @property
    def is_generated(self) -> bool:
        """Whether it says that a model wrote it."""
        return any(maker in self.provenance for maker in _MAKERS)

    @property
    def hooks(self) -> tuple[str, ...]:
        """The hooks that it answers."""
        answers: Mapping[str, object] = {
            "commands": self.commands,
            "heard": self.events,
            "memories": self.memory,
            "tools": self.tools,
            "validate": self.validates,
        }
        return tuple(hook for hook, has in answers.items() if has)

    def dumps(self) -> str:
        """Write it, so that `parse` gives back the same."""
        table = {
            "plugin": {
                "name": self.name,
                "version": self.version,
                "api": self.api,
                "summary": self.summary,
                "engine": self.engine,
                "quota": asdict(self.quota),
            },
            "permissions": [
                {
                    "permission": str(permission),
                    "reason": self.reasons.get(permission, ""),
                }
                for permission in self.permissions
            ],
            "commands": {name: asdict(spec) for name, spec in self.commands.items()},
            "tools": {name: asdict(spec) for name, spec in self.tools.items()},
            "offers": {"validates": self.validates, "memory": self.memory},
            "events": {"handles": self.events},
            "provenance": self.provenance,
        }
        try:
            return tomli_w.dumps(table)
        except TypeError as error:
            raise UsageError(
                f"the manifest of `{self.name}` cannot be written as TOML: {error}",
                remedy="TOML has no null: leave out what is None in its JSON Schemas",
            ) from error


def _line_in(said: str, text: str) -> int:
    if said.endswith("(at end of document)"):
        return text.count("\n") + 1
    found = re.search(r"\bat line (\d+)", said)
    return int(found[1]) if found else 0


def _manifest(file: File) -> Manifest:
    reasons = _reasons(file)
    manifest = Manifest(
        name=file.plugin.name,
        version=file.plugin.version,
        api=file.plugin.api,
        summary=file.plugin.summary,
        engine=file.plugin.engine,
        permissions=tuple(reasons),
        reasons=reasons,
        quota=Quota(**file.plugin.quota.model_dump()),
        commands={
            name: CommandSpec(
                summary=command.summary,
                parameters=tuple(command.parameters),
                input=command.input,
                output=command.output,
            )
            for name, command in file.commands.items()
        },
        tools={
            name: ToolSpec(
                summary=tool.summary,
                parameters=tuple(tool.parameters),
                input=tool.input,
                output=tool.output,
                needs_approval=tool.needs_approval,
            )
            for name, tool in file.tools.items()
        },
        validates=tuple(file.offers.validates),
        memory=file.offers.memory,
        events=tuple(file.events.handles),
        provenance=file.provenance,
    )
    if manifest.is_generated and manifest.engine != GENERATED:
        raise Mistake(
            "engine",
            ("plugin", "engine"),
            f" is `{manifest.engine}`, but what a model wrote runs in `{GENERATED}`"
            " only",
            remedy="leave `engine` out",
        )
    return manifest


def _reasons(file: File) -> dict[Permission, str]:
    reasons: dict[Permission, str] = {}
    for number, table in enumerate(file.permissions):
        place = ("permissions", number, "permission")
        try:
            permission = Permission.parse(table.permission)
        except UsageError as error:
            raise Mistake(
                "permission", place, f": {error.message}", remedy=error.remedy
            ) from error
        if permission in reasons:
            raise Mistake(
                "permission",
                place,
                f": `{permission}` is asked for twice",
                remedy="leave one of them out",
            )
        reasons[permission] = table.reason
    return reasons
