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

CORRECT = "correct that place"
"""What to do about each of them."""


class PluginSettings(NamedTuple):
    """What the file says about one plugin."""

    enabled: bool = True
    required: bool = False
    settings: Mapping[str, Any] = {}
    """What is for the plugin itself, as JSON has it: a date is text."""
    problem: str = ""
    """What of it cannot be understood, with its place; it keeps this plugin out."""


def plugin_settings(path: Path) -> dict[str, PluginSettings]:
    """Read what the file says about each plugin; nothing where there is no file.

    What is wrong with one of them is its own problem. Raises UsageError for the file as
    a whole, and then nothing is known of any: one of them may be disabled.
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
            f"`{path}` is not TOML: {error}",
            remedy=f"{CORRECT}; until then no host plugin can be used",
        ) from error
    if not isinstance(tables, dict):
        raise UsageError(
            _mistake(path, "plugins", "has to be tables: [plugins.NAME]"),
            remedy=CORRECT,
        )
    return {name: _settings(path, name, table) for name, table in tables.items()}


def _settings(path: Path, name: str, table: object) -> PluginSettings:
    place = f"plugins.{name}"
    if not isinstance(table, dict):
        problem = _mistake(path, place, f"has to be a table: [{place}]")
        return PluginSettings(problem=problem)
    known, problem = {}, ""
    for key, value in table.items():
        if key not in _KINDS:
            kinds = ", ".join(f"`{kind}`" for kind in _KINDS)
            what = f"is not known; known are {kinds}"
        elif not isinstance(value, _KINDS[key][0]):
            what = f"has to be {_KINDS[key][1]}"
        else:
            known[key] = value
            continue
        problem = problem or _mistake(path, f"{place}.{key}", what)
    plain = json.dumps(known, default=lambda moment: moment.isoformat())
    return PluginSettings(problem=problem, **json.loads(plain))


_KINDS: Mapping[str, tuple[type, str]] = {
    "enabled": (bool, "true or false"),
    "required": (bool, "true or false"),
    "settings": (dict, "a table of the plugin's own settings"),
}


def _mistake(path: Path, place: str, what: str) -> str:
    return f"`{path}`: `{place}` {what}"
