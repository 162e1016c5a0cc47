"""An author's project: where its code, its manifest and its tests are."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from plugwright.errors import UsageError
from plugwright.machine import naming


@dataclass(frozen=True, kw_only=True)
class Project:
    """One plugin in its author's folder."""

    folder: Path
    kind: Literal["host", "sandboxed"]
    name: str
    summary: str = ""
    module: str = ""
    """What the entry point of a host plugin names."""
    package: Path
    """The folder that holds plugin.toml."""
    sources: Path
    """What has to be on the path."""

    @property
    def manifest(self) -> Path:
        """Where its manifest is, or has to be."""
        return self.package / "plugin.toml"

    @property
    def tests(self) -> Path:
        """Where its tests are."""
        return self.folder / "tests"

    def shown(self, path: Path) -> str:
        """Name one of its files as the author knows it."""
        return path.relative_to(self.folder).as_posix()

    @classmethod
    def find(cls, folder: Path) -> Project:
        """Tell what is in a folder. UsageError if it is no plugin."""
        folder = folder.absolute()
        if (folder / "plugin.py").is_file():
            return cls(
                folder=folder,
                kind="sandboxed",
                name=_name_in(folder / "plugin.toml") or folder.name,
                package=folder,
                sources=folder,
            )
        if not (folder / "pyproject.toml").is_file():
            raise UsageError(
                f"`{folder}` holds no plugin: no plugin.py, no pyproject.toml",
                remedy="name the folder of a plugin, or make one: plugwright new NAME",
            )
        return _host_project(folder)


def _host_project(folder: Path) -> Project:
    table = read_toml(folder / "pyproject.toml")
    project = table.get("project", {})
    entries = project.get("entry-points", {}).get("plugwright", {})
    if not isinstance(entries, dict) or len(entries) != 1:
        raise UsageError(
            f"`{folder / 'pyproject.toml'}` names {len(entries)} plugins for"
            " Plugwright, not one",
            remedy="write one line under [project.entry-points.plugwright]:"
            ' tutor = "tutor_plugin"',
        )
    ((name, value),) = entries.items()
    top = str(value).partition(":")[0].partition(".")[0]
    for sources in (folder / "src", folder):
        if (sources / top).is_dir():
            return Project(
                folder=folder,
                kind="host",
                name=str(name),
                summary=str(project.get("description", "")),
                module=str(value),
                package=sources / top,
                sources=sources,
            )
    raise UsageError(
        f"the entry point `{name}` names `{value}`, but there is no package `{top}`",
        remedy=f"write `src/{top}/__init__.py`, or correct the entry point",
    )


def read_toml(path: Path) -> Mapping[str, Any]:
    """Read a file of the author's. UsageError names it if it is not TOML."""
    with naming(path):
        text = path.read_text("utf-8", "replace")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"`{path}` is not TOML: {error}", remedy="correct that place"
        ) from error


def _name_in(manifest: Path) -> str:
    if not manifest.is_file():
        return ""
    plugin = read_toml(manifest).get("plugin", {})
    return str(plugin.get("name", "")) if isinstance(plugin, dict) else ""


def path_for(project: Project) -> str:
    """Give the `PYTHONPATH` with which another process finds the project's code."""
    places = [str(project.sources), *(place for place in sys.path if place)]
    return os.pathsep.join(dict.fromkeys(places))
