"""What a plugin says of itself in `plugin.toml`, read before any of its code runs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any

import tomli_w
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PositiveFloat,
    PositiveInt,
    StringConstraints,
    ValidationError,
)

from plugwright.errors import UsageError
from plugwright.permissions import EVENT, Permission, nearest
from plugwright.quotas import Quota

API = "0.1"
"""The version of the promise between this host and its sandboxed plugins."""

MISLEADING = re.compile(
    # Terminal controls, line breaks in disguise, half characters, and the marks that
    # turn the direction of writing: what is approved must read as it is.
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Characters that make text look like something else on a screen."""


def plain(text: str) -> str:
    """Write what a screen would obey or hide as an escape, as JSON does."""
    return MISLEADING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


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
class Manifest:
    """What a plugin is, does, needs and comes from."""

    name: str
    version: str
    api: str
    """The hosts it works with: a PEP 440 specifier set."""
    summary: str
    permissions: tuple[Permission, ...] = ()
    reasons: Mapping[Permission, str] = field(default_factory=dict)
    """Why each permission is needed, in the author's words."""
    quota: Quota = field(default_factory=Quota)
    commands: Mapping[str, CommandSpec] = field(default_factory=dict)
    events: tuple[str, ...] = ()
    """What it wants to hear of. Hearing needs no permission; telling does."""
    provenance: Mapping[str, str] = field(default_factory=dict)
    """Who made it, from what request, with which models."""

    @classmethod
    def parse(cls, text: str, where: str = "plugin.toml") -> Manifest:
        """Read a manifest; the first mistake is told with its place and its remedy."""
        try:
            table = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            raise UsageError(
                f"`{where}` is not TOML: {error}", remedy="correct that place"
            ) from error
        try:
            file = _File.model_validate(table)
        except ValidationError as error:
            raise _mistake(error, where) from error
        return file.manifest(where)

    def dumps(self) -> str:
        """Write it, so that `parse` gives back the same."""
        table = {
            "plugin": {
                "name": self.name,
                "version": self.version,
                "api": self.api,
                "summary": self.summary,
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


def _readable(text: str) -> str:
    if MISLEADING.search(text):
        raise ValueError("has characters that a screen shows wrongly or not at all")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("must be one line")
    return _readable(text)


def _free_name(name: str) -> str:
    if name.startswith("plugwright"):
        raise ValueError("names that begin with `plugwright` are the host's own")
    return name


def _pep440(version: str) -> str:
    Version(version)
    return version


def _for_this_host(api: str) -> str:
    if not SpecifierSet(api).contains(API, prereleases=True):
        raise ValueError(
            f"`{api}` leaves out this Plugwright, whose api is {API}: "
            "upgrade plugwright-core, or widen the range if the plugin allows it"
        )
    return api


def _all_different(names: list[str]) -> list[str]:
    if len(set(names)) < len(names):
        raise ValueError("says something twice")
    return names


def _like(pattern: str, most: int) -> StringConstraints:
    return StringConstraints(pattern=f"^{pattern}$", max_length=most)


_Name = Annotated[
    str,
    StringConstraints(min_length=2),
    _like("[a-z0-9]+(-[a-z0-9]+)*", 64),
    AfterValidator(_free_name),
]
_CommandName = Annotated[str, _like("[a-z][a-z0-9_-]*", 64)]
_Parameter = Annotated[str, _like("[A-Za-z_][A-Za-z0-9_]*", 64)]
_Event = Annotated[str, _like(EVENT.pattern, 64)]
_Origin = Annotated[str, _like("[a-z][a-z0-9_-]*", 64)]
_Line = Annotated[
    str, StringConstraints(min_length=1, max_length=300), AfterValidator(_one_line)
]
_Text = Annotated[str, AfterValidator(_readable)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _Quota(_Table):
    fuel: PositiveInt = Quota.fuel
    seconds: PositiveFloat = Quota.seconds
    memory: PositiveInt = Quota.memory
    output: PositiveInt = Quota.output
    host_calls: PositiveInt = Quota.host_calls
    payload: PositiveInt = Quota.payload
    storage: PositiveInt = Quota.storage


class _Plugin(_Table):
    name: _Name
    version: Annotated[_Line, AfterValidator(_pep440)]
    api: Annotated[_Line, AfterValidator(_for_this_host)]
    summary: _Line
    quota: _Quota = _Quota()


class _Permission(_Table):
    permission: str
    reason: _Line


class _Command(_Table):
    summary: _Line
    parameters: Annotated[list[_Parameter], AfterValidator(_all_different)] = []
    input: dict[str, JsonValue] = {}
    output: dict[str, JsonValue] = {}


class _Events(_Table):
    handles: Annotated[list[_Event], AfterValidator(_all_different)] = []


class _File(_Table):
    plugin: _Plugin
    permissions: list[_Permission] = []
    commands: dict[_CommandName, _Command] = {}
    events: _Events = _Events()
    provenance: dict[_Origin, _Text] = Field(default={})

    def manifest(self, where: str) -> Manifest:
        """Give the same as what the rest of the host reads."""
        reasons = self._reasons(where)
        return Manifest(
            name=self.plugin.name,
            version=self.plugin.version,
            api=self.plugin.api,
            summary=self.plugin.summary,
            permissions=tuple(reasons),
            reasons=reasons,
            quota=Quota(**self.plugin.quota.model_dump()),
            commands={
                name: CommandSpec(
                    summary=command.summary,
                    parameters=tuple(command.parameters),
                    input=command.input,
                    output=command.output,
                )
                for name, command in self.commands.items()
            },
            events=tuple(self.events.handles),
            provenance=self.provenance,
        )

    def _reasons(self, where: str) -> dict[Permission, str]:
        reasons: dict[Permission, str] = {}
        for number, table in enumerate(self.permissions):
            place = f"`{where}`: `permissions[{number}].permission`"
            try:
                permission = Permission.parse(table.permission)
            except UsageError as error:
                raise UsageError(
                    f"{place}: {error.message}", remedy=error.remedy
                ) from error
            if permission in reasons:
                raise UsageError(
                    f"{place}: `{permission}` is asked for twice",
                    remedy="leave one of them out",
                )
            reasons[permission] = table.reason
        return reasons


def _mistake(error: ValidationError, where: str) -> UsageError:
    # A misspelt key is also a missing key; the spelling is the better news.
    found = sorted(error.errors(), key=lambda e: e["type"] != "extra_forbidden")[0]
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}"
        for part in found["loc"]
        if part != "[key]"  # so pydantic marks that the key itself is wrong
    ).removeprefix(".")
    if found["type"] == "extra_forbidden":
        return UsageError(
            f"`{where}`: `{place}` is not a known key",
            remedy=nearest(str(found["loc"][-1]), _keys_beside(found["loc"])),
        )
    if found["type"] == "missing":
        return UsageError(f"`{where}`: `{place}` is missing", remedy="add it")
    reason = found.get("ctx", {}).get("error", found["msg"])
    return UsageError(
        f"`{where}`: `{place}`: {reason}",
        remedy=f"it is {found['input']!r:.100}; correct it",
    )


def _keys_beside(place: tuple[int | str, ...]) -> list[str]:
    tables: dict[tuple[int | str, ...], type[_Table]] = {
        (): _File,
        ("plugin",): _Plugin,
        ("plugin", "quota"): _Quota,
        ("events",): _Events,
        ("commands",): _Command,
        ("permissions",): _Permission,
    }
    around = place[:-1]
    table = tables[around] if around in tables else tables[around[:1]]
    return list(table.model_fields)
