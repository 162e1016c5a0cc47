"""What a host plugin's code says of it, looked at in a process of its own.

The author's code may hang, print, or end the process; none of that reaches the kit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from plugwright.errors import NotLoaded
from plugwright_sdk.kit.processes import never, run
from plugwright_sdk.kit.projects import Project, path_for

SECONDS = 60.0
"""How long a plugin may take to be imported and asked."""


@dataclass(frozen=True, kw_only=True)
class Portrait:
    """What the code of a host plugin says."""

    summary: str = ""
    """The first line of the module's docstring."""
    hooks: tuple[str, ...] = ()
    settings: dict[str, Any]
    """JSON Schema of its settings; empty if it has none."""
    undocumented: tuple[str, ...] = ()
    """Hooks whose implementation has no docstring."""
    commands: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    unasked: str = ""
    """Why its commands and tools could not be asked for, if they could not."""


def portrait(project: Project, is_stale: Callable[[], bool] = never) -> Portrait:
    """Import the plugin elsewhere and look at it. NotLoaded says what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [
            *(sys.executable, "-m", "plugwright_sdk.kit.portraying"),
            *(project.module, project.name, str(answer)),
        ]
        environment = {
            **os.environ,
            "PYTHONPATH": path_for(project),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        try:
            done = run(
                command,
                folder=project.folder,
                environment=environment,
                seconds=SECONDS,
                is_stale=is_stale,
            )
        except subprocess.TimeoutExpired as error:
            raise NotLoaded(
                project.name,
                f"importing it took more than {SECONDS:g} s",
                remedy="do nothing at import; hooks are the place to begin work",
            ) from error
        if not answer.exists():
            said = (done.stderr or done.stdout).strip().splitlines()
            raise NotLoaded(
                project.name,
                f"importing `{project.module}` ended the process with code"
                f" {done.returncode}: {said[-1] if said else 'nothing was said'}",
                remedy="do nothing at import; hooks are the place to begin work",
            )
        found = json.loads(answer.read_text("utf-8"))
    if "problem" in found:
        raise NotLoaded(project.name, found["problem"], remedy=found["remedy"])
    return TypeAdapter(Portrait).validate_python(found)
