"""Everything that can be called is described where people look."""

from __future__ import annotations

import re
import tomllib

from plugwright_sdk.kit.checks.bench import Bench, Trouble
from plugwright_sdk.kit.merging import MARK


def check_documents(bench: Bench) -> list[Trouble]:
    """Look for a README that names each command, and for docstrings."""
    project = bench.project
    readme = project.folder / "README.md"
    if not readme.is_file():
        return [
            Trouble(
                what="there is no README.md",
                remedy="write what it does, for whom, and each command",
            )
        ]
    text = readme.read_text("utf-8", "replace")
    found = [
        Trouble(
            what="`plugwright new --update` left it to you to decide here",
            where=f"{path.name}:{number}",
            remedy=f"decide, and delete the marks from `{MARK}` to `>>>>>>>`",
        )
        for path in sorted(project.folder.glob("*.md"))
        for number, line in enumerate(
            path.read_text("utf-8", "replace").splitlines(), 1
        )
        if line.startswith(f"{MARK} ")
    ]
    found += [
        Trouble(
            what=f"it does not name the {kind} `{name}`",
            where="README.md",
            remedy=f"write a line about `{name}`",
        )
        for kind, name in _doors(bench)
        if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text)
    ]
    return [*found, *_undocumented(bench)]


def _doors(bench: Bench) -> list[tuple[str, str]]:
    declared = bench.declared
    if declared.portrait is not None:
        commands, tools = declared.portrait.commands, declared.portrait.tools
    else:
        table = tomllib.loads(declared.after)
        commands = tuple(table.get("commands", ()))
        tools = tuple(table.get("tools", ()))
    return [
        *(("command", name) for name in commands),
        *(("tool", name) for name in tools),
    ]


def _undocumented(bench: Bench) -> list[Trouble]:
    portrait = bench.declared.portrait
    if portrait is None:
        table = tomllib.loads(bench.declared.after)
        return [
            Trouble(
                what=f"the {kind} `{name}` has no docstring",
                where="plugin.py",
                remedy="write one sentence: people read it before they approve it",
            )
            for kind in ("command", "tool")
            for name, about in table.get(f"{kind}s", {}).items()
            if about["summary"].endswith(", which nobody described")
        ]
    found = [
        Trouble(
            what=f"its answer to `{hook}` has no docstring",
            where=bench.project.module,
            remedy="write one sentence that says what it offers or does",
        )
        for hook in portrait.undocumented
    ]
    if portrait.unasked:
        found.append(
            Trouble(
                what=f"it could not be asked what it offers: {portrait.unasked}",
                where=bench.project.module,
                remedy="let it answer with no settings, too, if it can",
                is_note=True,
            )
        )
    return found
