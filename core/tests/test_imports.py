"""What is imported when, and what the package offers."""

from __future__ import annotations

import runpy
import subprocess
import sys

import pytest

import plugwright
from plugwright import __main__

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
