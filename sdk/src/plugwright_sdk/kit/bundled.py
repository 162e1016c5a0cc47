"""What a sandboxed plugin's code says of it: asked of the plugin, behind the wall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugwright.bundles import Bundle
from plugwright.errors import BrokeContract
from plugwright.host import Host
from plugwright.sandboxes import GENERATED
from plugwright_sdk.kit.manifests import updated, without_nothing

WHOLE = ("commands", "tools", "events", "offers")
"""Tables of a manifest of which only the code knows what is in them."""

MINIMAL = """\
[plugin]
name = "{name}"
version = "0.1.0"
api = ">=0.1,<0.2"
summary = "{summary}"
"""


def said_by_code(
    host: Host, name: str, sources: Mapping[str, str], engine: str = GENERATED
) -> dict[str, dict[str, Any]]:
    """Load source text in the sandbox; give the tables of a manifest that it says."""
    return tables_of(name, host.describe(name, sources, engine))


def tables_of(name: str, described: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the tables of a manifest for what a plugin says of itself."""
    try:
        offers = {
            "validates": [str(kind) for kind in described.get("validates", ())],
            "memory": bool(described.get("memory")),
        }
        return {
            "commands": {
                command: _command(command, about)
                for command, about in described["commands"].items()
            },
            "tools": {
                tool: {
                    **_command(tool, about),
                    "needs_approval": bool(about["needs_approval"]),
                }
                for tool, about in described.get("tools", {}).items()
            },
            "offers": {key: value for key, value in offers.items() if value},
            "events": {"handles": [str(event) for event in described["events"]]}
            if described["events"]
            else {},
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise BrokeContract(
            name,
            f"it describes itself wrongly: {error!r}",
            remedy="use the decorators of `plugwright_sdk`, and nothing below them",
        ) from error


def _command(name: str, about: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "summary": about["summary"] or f"`{name}`, which nobody described",
        "parameters": [*about["parameters"]],
        "input": without_nothing(about["input"]),
        "output": without_nothing(about["output"]),
    }
    return {key: value for key, value in found.items() if value not in ({}, [])}


def described_bundle(
    host: Host,
    name: str,
    source: str,
    permissions: tuple[str, ...] = (),
    files: Mapping[str, str] | None = None,
) -> Bundle:
    """Make a bundle of source text, with the manifest that its code says."""
    sources = {"plugin.py": source}
    asked = "".join(
        f'\n[[permissions]]\npermission = "{each}"\nreason = "its test needs it"\n'
        for each in permissions
    )
    text = MINIMAL.format(name=name, summary="Made for a test.") + asked
    said = said_by_code(host, name, sources)
    contents = {
        **sources,
        **(files or {}),
        "plugin.toml": updated(text, said, WHOLE),
    }
    return Bundle({path: content.encode() for path, content in contents.items()})
