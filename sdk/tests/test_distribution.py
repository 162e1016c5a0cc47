"""What the distribution promises: its names, its lightness and its entry points."""

import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import pytest

import plugwright_sdk
from plugwright_sdk import testing

ROOT = Path(plugwright_sdk.__file__).parent
ON_THE_HOSTS_SIDE = {
    f"plugwright_sdk.{name}" for name in ("hosting", "hostplugin", "pytest_plugin")
}
MODULES = {
    f"plugwright_sdk.{path.stem}".removesuffix(".__init__")
    for path in ROOT.glob("*.py")
} - ON_THE_HOSTS_SIDE


def public_names(module):
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }


def test_the_list_of_public_names_is_what_can_be_imported():
    assert set(plugwright_sdk.__all__) == public_names(plugwright_sdk)


def test_the_names_for_tests_can_be_imported():
    assert set(testing.__all__) <= public_names(testing)


def test_the_guest_api_needs_the_standard_library_only():
    script = (
        f"import sys; sys.path.append({str(ROOT.parent)!r})\n"
        "before = set(sys.modules)\n"
        f"import {', '.join(sorted(MODULES))}\n"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    command = [sys.executable, "-I", "-c", script]
    run = subprocess.run(command, capture_output=True, text=True, check=True)

    assert set(run.stdout.split()) - sys.stdlib_module_names == {"plugwright_sdk"}


def test_the_host_plugin_offers_every_module_of_the_guest_and_no_other():
    pytest.importorskip("plugwright.hooks")
    from plugwright_sdk import hostplugin

    (package,) = hostplugin.guest_packages()

    assert package.name == "plugwright_sdk"
    assert package.paths == (ROOT,)
    assert set(package.modules) == MODULES
    assert hostplugin.guest_packages.plugwright_impl


def test_every_entry_point_can_be_imported():
    project = tomllib.loads(
        (Path(__file__).parent.parent / "pyproject.toml").read_text()
    )["project"]

    points = project["entry-points"]

    assert points["plugwright"] == {"sdk": "plugwright_sdk.hostplugin"}
    assert points["pytest11"] == {"plugwright": "plugwright_sdk.pytest_plugin"}
    assert all(find_spec(m) for point in points.values() for m in point.values())
