"""What the plugin is to be: the one page that testers and implementers share."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite

from plugwright.judging import Call
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON

_LONGEST = 300
"""Characters of a setting."""
_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text on one line",
}


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
class Example:
    """One case: in words alone, or as a call that can be tried."""

    text: str
    command: str = ""
    """Which is called; empty where there are only words."""
    arguments: Mapping[str, JSON] = field(default_factory=dict)
    gives: JSON = None
    refuses: bool = False
    """Whether the plugin has to refuse this input instead of giving something."""
    requirement: str = ""
    """What it is an example of."""
    before: tuple[Mapping[str, JSON], ...] = ()
    """What happens before, in order: each a `command` with `arguments`, or an `event`
    with `data`."""

    @property
    def can_be_tried(self) -> bool:
        """Whether a plugin can be held against it."""
        return bool(self.command)

    @property
    def call(self) -> str:
        """What is called, and what happens before, as `in_full` writes it."""
        last = {"command": self.command, "arguments": self.arguments}
        return in_full([Call(**each) for each in (*self.before, last)])  # type: ignore[arg-type]


def in_full(story: Iterable[Call]) -> str:
    """Write calls as text that is equal for the same: 1 is neither 1.0 nor true."""
    return json.dumps([asdict(call) for call in story], sort_keys=True)


@dataclass(frozen=True, kw_only=True)
class Invariant:
    """What is true whatever the input."""

    id: str
    """`I1`."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A number, text or truth that a person may change later without a new forge.

    It is a constant of the plugin's file, and its name is the constant's. Its type is
    the value's.
    """

    name: str
    value: bool | int | float | str
    """What it is unless a person says otherwise."""
    meaning: str
    least: float | None = None
    most: float | None = None
    choices: tuple[bool | int | float | str, ...] = ()
    """The only values that there are; empty where there is no such list."""

    @property
    def kind(self) -> str:
        """Name its type in words."""
        return _KINDS[type(self.value)]

    @property
    def allowed(self) -> str:
        """Say which values it may have, in words."""
        if self.choices:
            return "one of " + ", ".join(map(json.dumps, self.choices))
        if self.least is not None and self.most is not None:
            return f"{self.kind} from {self.least:g} to {self.most:g}"
        if self.least is not None:
            return f"{self.kind} of at least {self.least:g}"
        if self.most is not None:
            return f"{self.kind} of at most {self.most:g}"
        return self.kind

    def allows(self, value: JSON) -> bool:
        """Tell whether it may have this value."""
        is_whole = type(value) is int and type(self.value) is float
        if type(value) is not type(self.value) and not is_whole:
            return False
        if self.choices and value not in self.choices:
            return False
        if isinstance(value, str):
            return value.isprintable() and len(value) <= _LONGEST
        if not isinstance(value, int | float) or isinstance(value, bool):
            return True
        low = self.least is None or value >= self.least
        return is_finite(value) and low and (self.most is None or value <= self.most)

    def dump(self) -> dict[str, JSON]:
        """Write what is said of it."""
        said = {**vars(self), "choices": [*self.choices]}
        return {key: value for key, value in said.items() if value not in (None, [])}


def is_finite(value: float) -> bool:
    """Tell whether a number is one, and a `float` can be as large."""
    try:
        return isfinite(value)
    except OverflowError:
        return False


@dataclass(frozen=True, kw_only=True)
class Base:
    """The plugin that a session is to improve, as it was when the session began."""

    plugin: str
    version: str
    bundle: str
    """Its id."""
    specification: str
    """As a document."""
    source: str

    def request(self, change: str) -> str:
        """Write a change as a request that says what there is."""
        return (
            f"{change}\n\nThis is a change of the plugin `{self.plugin}`, which is "
            "there. Keep its name, and everything that the change is not about: "
            "requirements with their ids, commands, types, settings. What it is now:"
            "\n\n```toml\n"
            f"{self.specification.strip()}\n```"
        )


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
    examples: tuple[Example, ...]
    unsure: tuple[str, ...]
    plans: tuple[str, ...]
    """Different ways to build it, one for each candidate."""
    invariants: tuple[Invariant, ...] = ()
    settings: tuple[Setting, ...] = ()
    start: str = ""
    """Source of the plugin that this one improves; part of no document."""

    def plan(self, number: int) -> str:
        """Give the plan of a candidate, counted from one."""
        plan = self.plans[(number - 1) % len(self.plans)]
        if not self.start:
            return plan
        return (
            f"{plan}\n\nDo not begin anew: this is the plugin that is to be changed. "
            "Keep what need not change.\n\n```python\n" + self.start + "```"
        )

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
            "examples": [_dumped(each) for each in self.examples],
            "invariants": [{**vars(each)} for each in self.invariants],
            "settings": [each.dump() for each in self.settings],
            "unsure": [*self.unsure],
            "plans": [*self.plans],
        }


def _dumped(example: Example) -> JSON:
    if not example.can_be_tried:
        return example.text
    said: dict[str, JSON] = {
        "text": example.text,
        "command": example.command,
        "arguments": {**example.arguments},
    }
    said |= {"refuses": True} if example.refuses else {"gives": example.gives}
    if example.before:
        said["before"] = [{**each} for each in example.before]
    if example.requirement:
        said["requirement"] = example.requirement
    return said
