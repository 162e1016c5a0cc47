"""The abilities are optional, and made of what everybody may use."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import plugwright.agents
import plugwright_agents

SOURCE = Path(plugwright_agents.__file__).parent
OURS = sorted(SOURCE.rglob("*.py"))
BELOW = ("finding", "folders", "ignoring", "patterns", "prices", "reading")
"""What the abilities stand on."""
PUBLIC = {
    *("plugwright.amounts", "plugwright.errors", "plugwright.host"),
    *("plugwright.machine", "plugwright.memory", "plugwright.permissions"),
    *("plugwright.providers", "plugwright.redaction", "plugwright.validation"),
    # What has commands besides.
    *("plugwright.cli.progress", "plugwright.database", "plugwright.home"),
    *("plugwright.hooks", "plugwright.lines", "plugwright.roles", "plugwright.sources"),
    "plugwright.waiting",
}
"""Modules that any host plugin imports."""


def imports_in(path):
    """Give what a file imports: modules, and names from them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((each.name, "") for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports by dots"
            yield from ((node.module, each.name) for each in node.names)


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_nothing_private_of_plugwright_is_used(path):
    for module, name in imports_in(path):
        where, _, _ = module.partition(".")
        if where != "plugwright":
            continue
        assert not any(part.startswith("_") for part in (*module.split("."), name))
        if module == "plugwright.agents":
            assert name in plugwright.agents.__all__
        else:
            assert module in PUBLIC


def test_nothing_private_of_an_object_of_plugwright_is_used():
    nodes = [
        node
        for path in OURS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute | ast.FunctionDef)
    ]
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    own |= {
        node.attr
        for node in attributes
        if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
    }
    private = {
        node.attr
        for node in attributes
        if node.attr.startswith("_") and not node.attr.endswith("__")
    }
    assert private - own == set()


@pytest.mark.parametrize(
    "path",
    [*(SOURCE / "optional").glob("*.py"), *(SOURCE / f"{name}.py" for name in BELOW)],
    ids=lambda path: path.stem,
)
def test_the_abilities_know_nothing_of_the_agents_beside_them(path):
    beside = [
        module
        for module, _ in imports_in(path)
        if module.startswith("plugwright_agents.")
        and module.split(".")[1] not in ("optional", *BELOW)
    ]
    assert beside == []


USE = """
import sys, tempfile
from pathlib import Path
from plugwright import Agent
from plugwright.home import Home
from plugwright.host import Host
import plugwright_agents
from plugwright_sdk.kit.doubles import ScriptedProvider

host = Host(Home.of_user(), cache=Path({cache!r}), strict=True)
host.take_in(plugwright_agents, "agents")
model = ScriptedProvider("done")
builder = Agent.builder("tester", host=host).model(model).records(None)
for name in {names!r}:
    builder.use(name)
builder.build().run("go")
host.close()
print(sorted(m for m in sys.modules if m.startswith("plugwright_agents.optional.")))
"""


@pytest.mark.parametrize(
    ("names", "brings"),
    [
        ([], []),
        (["config"], ["config", "options"]),
        (["discovery"], ["discovery", "options"]),
        (["limits"], ["limits", "options", "otherwise", "pacing", "totals"]),
        (["guardrails"], ["guarded", "guardrails", "options"]),
    ],
)
def test_an_agent_imports_the_abilities_it_uses_and_no_other(
    home, tmp_path, names, brings
):
    code = USE.format(cache=str(tmp_path / "cache"), names=names)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
    )
    expected = [f"plugwright_agents.optional.{each}" for each in brings]
    assert (done.stderr, done.stdout.strip()) == ("", str(expected))
