"""What the plugin is to be: the one page that testers and implementers share."""

from __future__ import annotations

from dataclasses import dataclass

from plugwright.permissions import Permission
from plugwright.sandboxes import JSON


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One thing that must be true of the plugin, and that a test can show."""

    id: str
    """`R1`; a test of it is named `test_r1_...`."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One argument of a command."""

    name: str
    type: str
    """A Python annotation."""
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command of the plugin."""

    name: str
    function: str
    parameters: tuple[Parameter, ...]
    returns: str
    """A Python annotation."""
    summary: str


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A permission, and why the plugin needs it."""

    permission: Permission
    reason: str


@dataclass(frozen=True, kw_only=True)
class Specification:
    """Everything that was decided before the first line of code."""

    name: str
    summary: str
    requirements: tuple[Requirement, ...]
    types: str
    """Source of the TypedDicts and dataclasses that the commands take and give."""
    commands: tuple[Command, ...]
    events: tuple[str, ...]
    """What it listens to."""
    permissions: tuple[Wish, ...]
    examples: tuple[str, ...]
    unsure: tuple[str, ...]
    plans: tuple[str, ...]
    """Different ways to build it, one for each candidate."""

    @property
    def functions(self) -> frozenset[str]:
        """The names under which tests import the commands."""
        return frozenset(command.function for command in self.commands)

    def dump(self) -> JSON:
        """Write it as JSON, for people to read."""
        return {
            "name": self.name,
            "summary": self.summary,
            "requirements": [{**vars(each)} for each in self.requirements],
            "types": self.types,
            "commands": [
                {**vars(each), "parameters": [{**vars(p)} for p in each.parameters]}
                for each in self.commands
            ],
            "events": [*self.events],
            "permissions": [
                {"permission": str(wish.permission), "reason": wish.reason}
                for wish in self.permissions
            ],
            "examples": [*self.examples],
            "unsure": [*self.unsure],
            "plans": [*self.plans],
        }
