"""The process that imports a host plugin and writes down what its code says.

python -m plugwright_sdk.kit.portraying MODULE NAME ANSWER.json
"""

from __future__ import annotations

import json
import sys
import tempfile
import traceback
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

from plugwright.errors import PlugwrightError, in_one_line
from plugwright.home import Home
from plugwright.hooks import Questions
from plugwright.host import Host
from plugwright.modelling import modelled, schema_of
from plugwright.registration import Plugins


def main(module: str, name: str, answer: str) -> None:
    """Look at a plugin and write the answer."""
    try:
        found = look(imported(module), name)
    except PlugwrightError as error:
        message = error.message.removeprefix(f"`{name}`: ")
        found = {"problem": message, "remedy": error.remedy}
    except Exception as error:
        # Broad on purpose: this runs whatever the author wrote so far.
        found = {
            "problem": f"importing `{module}` failed: {in_one_line(error)}",
            "remedy": f"correct {_where(error)}",
        }
    Path(answer).write_text(json.dumps(found), "utf-8")


def imported(value: str) -> object:
    """Import what an entry point names."""
    module, _, attribute = value.partition(":")
    found: object = import_module(module)
    for part in filter(None, attribute.split(".")):
        found = getattr(found, part)
    return found


def look(plugin: object, name: str) -> dict[str, Any]:
    """Say what a plugin answers, takes and offers."""
    manager = Plugins(Questions)
    manager.register(plugin, name)
    callers = manager.get_hookcallers(plugin) or []
    functions = {
        caller.name: each.function for caller in callers for each in _of(caller, plugin)
    }
    configured = functions.get("configured")
    doc = (plugin.__doc__ or "").strip()
    found: dict[str, Any] = {
        "summary": doc.partition("\n")[0].strip(),
        "hooks": sorted(functions),
        "settings": schema_of(configured) if configured else {},
        "undocumented": sorted(
            hook
            for hook, function in functions.items()
            if not (function.__doc__ or "").strip()
        ),
    }
    try:
        found |= _offered(plugin, name, configured)
    except (Exception, SystemExit) as error:
        # Broad on purpose, as above; this much is not needed for a manifest.
        found["unasked"] = in_one_line(error)
    return found


def _of(caller: Any, plugin: object) -> list[Any]:
    return [each for each in caller.get_hookimpls() if each.plugin is plugin]


def _offered(plugin: object, name: str, configured: Any) -> dict[str, Any]:
    """Ask for its commands and tools, on a host that has nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        with closing(Host(home, cache=Path(folder) / "cache", strict=True)) as host:
            host.manager.register(plugin, name)
            if configured is not None:
                configured(**modelled(name, configured, {}))
            return {
                "commands": sorted(
                    each.name for each in host.hooks.commands(host=host)
                ),
                "tools": sorted(each.name for each in host.hooks.tools(host=host)),
            }


def _where(error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f"{Path(error.filename).name}:{error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "importlib" not in frame.filename]
    if own[1:]:
        return f"{Path(own[-1].filename).name}:{own[-1].lineno}"
    return "the entry point in pyproject.toml, or the module that it names"


if __name__ == "__main__":
    main(*sys.argv[1:])
