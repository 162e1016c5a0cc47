"""What a person wrote about host plugins into `config.toml`.

[plugins.tutor]
enabled = false       # keep it out; `plugwright disable tutor` does it, too
required = true       # without it, nothing begins

[plugins.tutor.settings]
key = "env:TUTOR_KEY"
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from plugwright.errors import UsageError


class PluginSettings(NamedTuple):
    """What the file says about one plugin."""

    enabled: bool = True
    required: bool = False
    settings: Mapping[str, Any] = {}
    """What is for the plugin itself, as JSON has it: a date is text."""


def plugin_settings(path: Path) -> dict[str, PluginSettings]:
    """Read what the file says about each plugin; nothing where there is no file.

    Raises UsageError, and then nothing is known of any: one of them may be disabled.
    """
    if not path.exists():
        return {}
    import tomllib  # most people have no such file

    from plugwright.machine import naming

    try:
        with naming(path):
            text = path.read_text("utf-8")
        tables = tomllib.loads(text).get("plugins", {})
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"`{path}` is not TOML: {error}", remedy="correct that place"
        ) from error
    if not isinstance(tables, dict):
        raise _wrong(path, "plugins", "has to be tables: [plugins.NAME]")
    return {name: _settings(path, name, table) for name, table in tables.items()}


def _settings(path: Path, name: str, table: object) -> PluginSettings:
    place = f"plugins.{name}"
    if not isinstance(table, dict):
        raise _wrong(path, place, f"has to be a table: [{place}]")
    for key, value in table.items():
        if key not in _KINDS:
            known = ", ".join(f"`{known}`" for known in _KINDS)
            raise _wrong(path, f"{place}.{key}", f"is not known; known are {known}")
        if not isinstance(value, _KINDS[key][0]):
            raise _wrong(path, f"{place}.{key}", f"has to be {_KINDS[key][1]}")
    plain = json.dumps(table, default=lambda moment: moment.isoformat())
    return PluginSettings(**json.loads(plain))


_KINDS: Mapping[str, tuple[type, str]] = {
    "enabled": (bool, "true or false"),
    "required": (bool, "true or false"),
    "settings": (dict, "a table of the plugin's own settings"),
}


def _wrong(path: Path, place: str, what: str) -> UsageError:
    return UsageError(f"`{path}`: `{place}` {what}", remedy="correct that place")
