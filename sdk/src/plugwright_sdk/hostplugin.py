"""The SDK as a host plugin: it asks to be baked into every guest.

Never imported in the guest itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl
from plugwright.sandboxes import GuestPackage

if TYPE_CHECKING:
    import click

MODULES = (
    "plugwright_sdk",
    "plugwright_sdk._bridge",
    "plugwright_sdk._double",
    "plugwright_sdk.annotations",
    "plugwright_sdk.capabilities",
    "plugwright_sdk.commands",
    "plugwright_sdk.conversion",
    "plugwright_sdk.errors",
    "plugwright_sdk.folders",
    "plugwright_sdk.guest",
    "plugwright_sdk.memories",
    "plugwright_sdk.registry",
    "plugwright_sdk.roles",
    "plugwright_sdk.schema",
    "plugwright_sdk.shapes",
    "plugwright_sdk.signatures",
    "plugwright_sdk.testing",
    "plugwright_sdk.validation",
    "plugwright_sdk.web",
)


@hookimpl
def guest_packages() -> list[GuestPackage]:
    """Offer the guest API, and nothing of what runs on the host's side."""
    folder = Path(__file__).parent
    return [
        GuestPackage(
            name="plugwright_sdk",
            paths=(folder,),
            modules=MODULES,
            without=("hosting.py", "hostplugin.py", "kit", "pytest_plugin.py"),
            warm_up="plugwright_sdk.guest:warm_up",
        )
    ]


@hookimpl
def subcommands() -> list[click.Command]:
    """Add what authors type: `new`, `manifest`, `check` and `dev`."""
    from plugwright_sdk.kit.commands import check, dev, manifest, new

    return [new, manifest, check, dev]
