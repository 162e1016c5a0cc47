"""Builds wheels, and environments into which nothing but wheels comes."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

from support import ROOT

PARTS = (
    *(ROOT / name for name in ("core", "sandbox", "sdk")),
    *sorted(
        path.parent
        for path in ROOT.glob("hostplugins/*/pyproject.toml")
        if path.parent.name != "llamacpp"  # what it requires compiles for minutes
    ),
)
"""The source trees of this workspace that `plugwright` requires."""


def build(folders: Iterable[Path], into: Path) -> None:
    """Build a wheel of each source tree, with the tools that are here already."""
    _run(
        [
            *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"),
            *("--no-index", "--no-build-isolation", f"--wheel-dir={into}"),
            *map(str, folders),
        ]
    )


class Environment:
    """A virtual environment, and pip in it."""

    def __init__(self, folder: Path) -> None:
        """Make one that has pip alone."""
        venv.create(folder, with_pip=True, symlinks=os.name == "posix")
        self.folder = folder
        self.programs = folder / ("Scripts" if os.name == "nt" else "bin")
        self.python = self.programs / "python"

    def install_with_requirements(self, wheels: Path, *tools: Path) -> None:
        """Install all wheels of a folder, and from a registry what they require.

        Whoever runs tests there says in which files the tools for that are listed.
        """
        names = [str(wheel) for wheel in sorted(wheels.glob("*.whl"))]
        files = [f"--requirement={tool}" for tool in tools]
        # What is never imported need not be compiled; the rest is, by its first user.
        self._pip("install", "--no-compile", *names, *files)

    def install(self, *wheels: Path) -> None:
        """Install these wheels and nothing else."""
        self._pip("install", "--no-index", "--no-deps", *map(str, wheels))

    def install_again(self, wheel: Path) -> None:
        """Install a wheel anew, as an upgrade does."""
        self._pip("install", "--no-index", "--no-deps", "--force-reinstall", str(wheel))

    def uninstall(self, *distributions: str) -> None:
        """Take distributions away; knows nothing of Plugwright, so it always works."""
        self._pip("uninstall", "--yes", *distributions)

    def _pip(self, command: str, *arguments: str) -> None:
        _run([str(self.python), "-m", "pip", command, "--quiet", *arguments])


def packages_in(wheel: Path) -> set[str]:
    """Name the packages that a wheel brings."""
    with ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    return {top for top in tops if not top.endswith(".dist-info")}


def _run(command: list[str]) -> None:
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
