"""An agent imports what it was asked to use, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from test_imports import modules_after

HEAVY = {
    "asyncio",
    "click",
    "httpx",
    "importlib.metadata",
    "jsonschema",
    "pluggy",
    "pydantic",
    "rich",
    "sqlite3",
}

# What `from plugwright import Agent` brings of ours. Each one more makes it slower.
OURS = {
    "agents",
    "agents.abilities",
    "agents.agent",
    "agents.answers",
    "agents.builder",
    "agents.calling",
    "agents.limits",
    "agents.pains",
    "agents.plans",
    "agents.questions",
    "agents.records",
    "agents.results",
    "agents.run",
    "agents.stops",
    "agents.toolbox",
    "agents.tools",
    "errors",
    "providers",
    "redaction",
}

RUN = (
    "import sys; sys.path.insert(0, {tests!r})\n"
    "from scripting import building\n"
    "building('done').records(None).build().run('go')\n0"
)


def ours(found):
    return {name.partition(".")[2] for name in found if name.startswith("plugwright.")}


def test_importing_an_agent_imports_no_plugin_and_nothing_heavy():
    found = modules_after("from plugwright import Agent")
    assert not found & HEAVY
    assert ours(found) == OURS
    assert not {name for name in found if name.startswith("plugwright_")}


def test_an_agent_without_plugins_imports_nothing_more_when_it_runs():
    found = modules_after(RUN.format(tests=str(Path(__file__).parent)))
    assert not found & HEAVY
    assert ours(found) == OURS


@pytest.mark.parametrize(
    ("use", "brings"),
    [
        (".answers(int)", {"pydantic", "importlib.metadata"}),
        (".records(Path({file!r}))", {"sqlite3"}),
    ],
)
def test_what_is_asked_for_is_imported_then(tmp_path, use, brings):
    code = RUN.format(tests=str(Path(__file__).parent)).replace(
        ".records(None)", use.format(file=str(tmp_path / "runs.db"))
    )
    code = code.replace("'done'", "'7'").replace(
        "import sys", "import sys; from pathlib import Path", 1
    )
    assert modules_after(code) & HEAVY == brings


def test_an_agent_that_uses_no_ability_asks_no_plugin(installed, home):
    installed.package("spy", "raise AssertionError", hooks=("abilities",))
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(tests=str(Path(__file__).parent))],
        env=installed.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
