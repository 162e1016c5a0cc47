"""What is imported when, and what the package offers."""

from __future__ import annotations

import runpy
import subprocess
import sys
import time

import pytest

import plugwright
from plugwright import __main__
from plugwright.database import Database
from plugwright.pluginbook import Past, PluginBook

# What `import plugwright` may bring in beside itself: nothing.
ALLOWED = {"plugwright"}


def modules_after(code: str) -> set[str]:
    """List what a fresh Python has imported after this, beyond its own start."""
    script = (
        "import sys; before = set(sys.modules); "
        f"{code}; print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_importing_plugwright_imports_nothing_else():
    assert modules_after("import plugwright") == ALLOWED


# What `plugwright plugins` needs. Each one more makes it slower for everybody.
LISTING = {
    "admission",
    "amounts",
    "cli",
    "cli.listing",
    "cli.rows",
    "crashes",
    "database",
    "discovery",
    "errors",
    "lines",
    "machine",
    "pluginbook",
    "redaction",
    "settings",
    "stages",
}
SLOW = {
    "click",
    "dataclasses",
    "difflib",
    "importlib.metadata",
    "inspect",
    "jsonschema",
    "packaging",
    "pluggy",
    "pydantic",
    "rich",
    "tomllib",
}


def test_listing_plugins_imports_no_plugin_and_nothing_slow(
    installed, home, tmp_path, monkeypatch
):
    installed.package("tutor", "raise AssertionError", hooks=("judges",))
    home.make()
    PluginBook(Database(home.database)).write(Past("tutor"))  # so it is opened
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(installed.folder))
    code = (
        "from plugwright.machine import cache_folder;"
        "from plugwright.discovery import discover;"
        f"discover(cache_folder(), now={time.time() + 3600!r})"
    )
    modules_after(code)
    found = modules_after(
        "import plugwright.__main__ as it; sys.argv = ['plugwright', 'plugins'];"
        "import contextlib\nwith contextlib.suppress(SystemExit): it.main()\n0"
    )
    assert not found & SLOW
    ours = {name.partition(".")[2] for name in found if name.startswith("plugwright.")}
    assert ours == LISTING | {"__main__"}


def test_telling_the_version_imports_no_plugin_and_no_command_line():
    code = (
        "sys.argv = ['plugwright', '--version']; "
        "from plugwright.__main__ import main; main()"
    )
    assert modules_after(code) == {"plugwright", "plugwright.__main__"}


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("plugwright.hooks", {"click", "rich", "pydantic"}),
        ("plugwright.providers", {"pluggy", "pydantic", "click", "rich"}),
        ("plugwright.sandboxes", {"pluggy", "pydantic", "click", "rich"}),
        ("plugwright.host", {"click", "rich"}),
        ("plugwright.cli.door", {"pluggy", "pydantic", "rich"}),
    ],
)
def test_a_part_imports_only_what_it_needs(module, unwanted):
    assert not modules_after(f"import {module}") & unwanted


def test_discovering_plugins_imports_no_engine():
    heavy = {"wasmtime", "componentize_py", "click", "rich"}
    code = "from plugwright import Host; Host.discover()"
    assert not modules_after(code) & heavy


def test_what_is_offered_is_what_can_be_imported():
    for name in plugwright.__all__:
        assert getattr(plugwright, name) is not None
    assert dir(plugwright) == plugwright.__all__ == sorted(plugwright.__all__)


def test_everything_offered_says_where_it_lives():
    offered = {name for name in plugwright.__all__ if not name.startswith("_")}
    assert {*plugwright._HOMES} == offered
    for name, home in plugwright._HOMES.items():
        assert getattr(sys.modules[home], name) is getattr(plugwright, name)


def test_what_is_not_offered_is_refused_by_name():
    with pytest.raises(AttributeError, match="`plugwright` has no attribute `Hosts`"):
        plugwright.Hosts  # noqa: B018


def test_the_package_can_be_run_as_a_program(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["plugwright", "--version"])
    runpy.run_path(__main__.__file__, run_name="__main__")
    assert capsys.readouterr().out == f"plugwright {plugwright.__version__}\n"
