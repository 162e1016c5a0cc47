"""Installs a wheel into an environment of its own, and lists it there.

What the plugin depends on comes from the author's environment, behind what is
installed: nothing is downloaded, and nothing of the author's is changed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from plugwright_sdk.kit.checks.bench import Trouble
from plugwright_sdk.kit.checks.running import Runs
from plugwright_sdk.kit.projects import Project

SECONDS = 120.0

_LIST_BUNDLES = (
    "import json\n"
    "from plugwright.bundles import Bundle, installed_bundles\n"
    "print(json.dumps({name: '' if isinstance(found, Bundle) else str(found)"
    " for name, found in installed_bundles()}))"
)


_ASK = (
    "import json\n"
    "from plugwright.host import Host\n"
    "host = Host.discover()\n"
    "host.ask_all()\n"
    "print()\n"
    "print(json.dumps({'host': [{'name': row.name, 'stage': str(row.stage),"
    " 'problem': row.problem, 'remedy': row.remedy} for row in host.plugins]}))"
)
"""Imports the plugin and asks it, which listing does not."""


class _Failed(Exception):
    """A step that did not work, in words."""


def check_installed(project: Project, wheel: Path, folder: Path) -> list[Trouble]:
    """Install the wheel, and ask a fresh host what became of it."""
    place = folder / "environment"
    try:
        python = _environment(place)
        runs = Runs(place, folder / "watching-install")
        _install(python, wheel, runs.environment)
        _lend(python, project)
        if project.kind == "sandboxed":
            return _bundle_there(project, _asked(python, folder, "-c", _LIST_BUNDLES))
        listing = ("-m", "plugwright", "plugins", "--json")
        listed = _asked(python, folder, *listing, more=runs.environment)
        found = [*map(_ran, runs.seen()), *_plugin_there(project, listed)]
        return found or _plugin_there(project, _asked(python, folder, "-c", _ASK))
    except _Failed as error:
        return [
            Trouble(
                what=f"installed in a clean environment, {error}",
                remedy=f"pip install {wheel.name} into a new environment, and look",
            )
        ]


def _environment(place: Path) -> Path:
    # pip of here can install into there, which is faster than a pip of its own.
    venv.create(place, with_pip=find_spec("pip") is None, symlinks=os.name == "posix")
    folder = "Scripts" if os.name == "nt" else "bin"
    return place / folder / ("python.exe" if os.name == "nt" else "python")


def _ran(path: str) -> Trouble:
    return Trouble(
        what=f"`{Path(path).name}` was run by installing or listing it",
        remedy="leave out what makes Python run it: only asking it should",
    )


def _install(python: Path, wheel: Path, watching: Mapping[str, str]) -> None:
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    if find_spec("pip") is None:
        pip = [str(python), "-m", "pip"]
    _run([*pip, "install", "-q", "--no-deps", "--no-index", str(wheel)], watching)


def _lend(python: Path, project: Project) -> None:
    """Let the environment find what is installed here, after what it has itself.

    But not the project's own folder: what the wheel lacks has to be missing.
    """
    where = _run(
        [
            *(str(python), "-c"),
            "import sysconfig; print(sysconfig.get_path('purelib'))",
        ],
        {},
    ).strip()
    places = [
        place
        for place in sys.path
        if place and Path(place).is_dir() and Path(place) != project.sources
    ]
    (Path(where) / "lent.pth").write_text("\n".join(places) + "\n", "utf-8")


def _asked(
    python: Path, folder: Path, *arguments: str, more: Mapping[str, str] | None = None
) -> Any:
    more = {
        **(more or {}),
        "PLUGWRIGHT_HOME": str(folder / "home"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "LOCALAPPDATA": str(folder / "cache"),
    }
    said = _run([str(python), *arguments], more)
    try:
        # Plugins may print; what is asked for is printed last, on a line or alone.
        is_last = arguments[0] == "-c"
        return json.loads(said.strip().splitlines()[-1] if is_last else said)
    except (ValueError, IndexError) as error:
        raise _Failed(f"it answers what is no JSON: {said[:100]!r}") from error


def _run(command: list[str], more: Mapping[str, str]) -> str:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "PLUGWRIGHT_"))
    }
    try:
        done = subprocess.run(
            command,
            env={**kept, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _Failed(
            f"`{Path(command[0]).name}` did not come back: {error}"
        ) from error
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise _Failed(f"it fails: {lines[-1] if lines else done.returncode}")
    return done.stdout


def _bundle_there(project: Project, found: dict[str, str]) -> list[Trouble]:
    if project.name not in found:
        return [Trouble(what="installed in a clean environment, it is not found")]
    problem = found[project.name]
    return [Trouble(what=f"installed, it is broken: {problem}")] if problem else []


def _plugin_there(project: Project, listed: dict[str, Any]) -> list[Trouble]:
    rows = [row for row in listed["host"] if row["name"] == project.name]
    if not rows:
        return [
            Trouble(
                what="installed in a clean environment, it is not found",
                where="pyproject.toml",
                remedy="name it under [project.entry-points.plugwright]",
            )
        ]
    (row,) = rows[:1]
    if not row["problem"]:
        return []
    return [
        Trouble(
            what=f"installed in a clean environment, it is {row['stage']}:"
            f" {row['problem']}",
            remedy=row["remedy"],
        )
    ]
