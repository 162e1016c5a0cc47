"""What a host plugin says of itself in `plugin.toml`, read without importing it.

    [plugin]
    kind = "host"
    name = "tutor"
    api = ">=0.1,<0.2"
    summary = "Explains fractions."
    hooks = ["commands", "configured"]

    [settings]            # the JSON Schema of its settings, if it has any

`plugwright manifest` writes it from the code. It lies in the plugin's top package.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import tomli_w
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import AfterValidator, BaseModel, ConfigDict, JsonValue, StringConstraints
from pydantic import ValidationError as _ValidationError

from plugwright.errors import Rejected
from plugwright.expectations import API, all_different, crossable, one_line
from plugwright.permissions import nearest
from plugwright.places import MOST_PARTS, long_key
from plugwright.tables import Mistake, mistake_in

LARGEST = 256 << 10
"""Bytes; what is larger is no manifest."""


class HostManifest(NamedTuple):  # kept as JSON beside what was discovered
    """What a host plugin says of itself."""

    name: str
    api: str
    """The hosts it works with: a PEP 440 specifier set."""
    summary: str
    hooks: Sequence[str] = ()
    """The hooks that it answers."""
    settings: Mapping[str, Any] = {}
    """JSON Schema of its settings; empty if it has none."""

    @property
    def fits(self) -> bool:
        """Whether it works with this host."""
        return SpecifierSet(self.api).contains(API, prereleases=True)

    @classmethod
    def read(cls, path: Path) -> HostManifest:
        """Read the file. Raises Rejected with file, line and remedy, or OSError."""
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        return cls.parse(content, path.name)

    @classmethod
    def parse(cls, content: bytes, where: str = "plugin.toml") -> HostManifest:
        """Read the content of a manifest; the first mistake is told."""
        if len(content) > LARGEST:
            what = f"it has more than {LARGEST >> 10} KB"
            raise Rejected("size", where, 0, what, remedy="shorten it")
        try:
            text = content.decode()
            if line := long_key(text):
                what = f"it has a key of more than {MOST_PARTS} parts"
                raise Rejected("toml", where, line, what, remedy="use a shorter one")
            table = tomllib.loads(text)
        except (ValueError, RecursionError) as error:
            what = f"it is not TOML: {error}"
            raise Rejected("toml", where, 0, what, remedy="correct it") from error
        try:
            file = _checked(table)
        except Mistake as mistake:
            raise mistake.at(text, where) from mistake
        about = file.plugin
        return cls(about.name, about.api, about.summary, about.hooks, file.settings)

    def dumps(self) -> str:
        """Write it, so that `parse` gives back the same."""
        table: dict[str, Any] = {
            "plugin": {"kind": "host", **self._asdict(), "hooks": sorted(self.hooks)}
        }
        if settings := table["plugin"].pop("settings"):
            table["settings"] = settings
        return tomli_w.dumps(table)


def _checked(table: dict[str, Any]) -> _File:
    about = table.get("plugin")
    for key in about if isinstance(about, dict) else ():
        if key not in _Plugin.model_fields:
            known = nearest(key, _Plugin.model_fields)
            place = ("plugin", key)
            raise Mistake("unknown-key", place, " is not a known key", remedy=known)
    try:
        return _File.model_validate(table)
    except _ValidationError as error:
        raise mistake_in(error) from error


def _range(api: str) -> str:
    try:
        SpecifierSet(api)
    except InvalidSpecifier as error:
        raise ValueError("has to be a range, like `>=0.1,<0.2`") from error
    return api


_Line = Annotated[
    str, StringConstraints(min_length=1, max_length=300), AfterValidator(one_line)
]


class _Plugin(BaseModel):
    model_config = ConfigDict(strict=True)

    kind: Literal["host"]
    name: _Line
    api: Annotated[_Line, AfterValidator(_range)]
    summary: _Line
    hooks: Annotated[list[_Line], AfterValidator(all_different)] = []


class _File(BaseModel):
    # Other tools may have tables of their own in it.
    model_config = ConfigDict(extra="ignore", strict=True)

    plugin: _Plugin
    settings: Annotated[dict[str, JsonValue], AfterValidator(crossable)] = {}
