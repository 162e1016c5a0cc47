"""`plugwright check` looks at the wheel: it installs, and runs nothing."""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from plugwright_sdk.kit.checks.imports import check_imports
from plugwright_sdk.kit.checks.installing import check_installed
from plugwright_sdk.kit.checks.wheels import built, check_wheel, look_into

sys.path.insert(0, str(Path(__file__).parent))

from kit_support import change


def test_a_setup_py_runs_where_it_is_installed_and_is_refused(tutor, bench):
    (tutor / "setup.py").write_text("raise SystemExit")

    (trouble,) = check_wheel(bench(tutor))

    assert "setup.py" in trouble.what


def test_a_wheel_that_cannot_be_built_is_told(tutor, bench):
    change(tutor / "pyproject.toml", 'packages = ["src/my_tutor"]', "packages = 3")

    (trouble,) = check_wheel(bench(tutor))

    assert "cannot be built" in trouble.what


def test_a_build_backend_that_is_not_here_is_named(tutor, bench):
    change(tutor / "pyproject.toml", "hatchling>=1.27", "no-such-backend-anywhere")

    (trouble,) = check_wheel(bench(tutor))

    assert "no-such-backend-anywhere" in trouble.remedy


def test_a_wheel_without_its_manifest_is_told(tutor, bench):
    change(
        tutor / "pyproject.toml",
        "[tool.pytest",
        '[tool.hatch.build]\nexclude = ["plugin.toml"]\n\n[tool.pytest',
    )

    (trouble,) = check_wheel(bench(tutor))

    assert trouble.what == "plugin.toml is not in the wheel"


def test_a_plugin_that_breaks_only_where_it_is_installed_is_told(tutor, bench):
    change(
        tutor / "pyproject.toml",
        "[tool.pytest",
        '[tool.hatch.build]\nexclude = ["greeting.py"]\n\n[tool.pytest',
    )

    (trouble,) = check_wheel(bench(tutor))

    assert "installed in a clean environment, it is" in trouble.what
    assert "my_tutor.greeting" in trouble.what


def test_code_that_runs_at_building_is_named(tutor, bench):
    backend = 'build-backend = "own"\nbackend-path = ["."]'
    change(
        tutor / "pyproject.toml", 'build-backend = "hatchling.build"', f"{backend}\n"
    )
    (tutor / "own.py").write_text("from hatchling.build import *")
    it = bench(tutor)

    (trouble,) = check_wheel(it)

    assert "building it runs `own.py`" in trouble.what
    assert it.wheel is None


def test_a_hook_of_the_build_is_named(tutor, bench):
    hook = "[tool.hatch.build.hooks.custom]\n"
    change(tutor / "pyproject.toml", "[tool.pytest", f"{hook}\n[tool.pytest")
    (tutor / "hatch_build.py").write_text(
        "from hatchling.builders.hooks.plugin.interface import BuildHookInterface\n"
        "class Hook(BuildHookInterface):\n    pass\n"
    )

    (trouble,) = check_wheel(bench(tutor))

    assert "building it runs `hatch_build.py`" in trouble.what


def test_what_python_runs_at_its_start_is_seen_by_installing_and_listing(
    tutor, bench, tmp_path, monkeypatch
):
    change(
        tutor / "pyproject.toml",
        "[tool.pytest",
        '[tool.hatch.build.targets.wheel.force-include]\n"it.pth" = "it.pth"\n\n'
        "[tool.pytest",
    )
    (tutor / "it.pth").write_text("import my_tutor.greeting\n")
    it = bench(tutor)
    wheel = built(it.project, tmp_path / "wheel", {})

    troubles = check_installed(it.project, wheel, tmp_path / "place")

    assert "`greeting.py` was run by installing or listing it" in {
        trouble.what for trouble in troubles
    }


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import wasmtime", "does not depend on `wasmtime`"),
        ("from no_such_module_anywhere.a import b", "which is not installed"),
    ],
)
def test_what_only_this_machine_has_is_named(tutor, bench, line, said):
    change(
        tutor / "src/my_tutor/greeting.py",
        "def greet(arguments: dict[str, JSON]) -> JSON:\n",
        f"def greet(arguments: dict[str, JSON]) -> JSON:\n    def never():\n"
        f"        {line}\n\n",
    )

    (trouble,) = check_wheel(bench(tutor))

    assert said in trouble.what
    assert trouble.where == "my_tutor/greeting.py"


@pytest.mark.parametrize(
    "lines",
    [
        "try:\n    import wasmtime\nexcept ImportError:\n    wasmtime = None",
        "try:\n    import wasmtime\nexcept:\n    wasmtime = None",
        "if TYPE_CHECKING:\n    import wasmtime",
        "from . import greeting",
        "import my_tutor.greeting, json, click, pydantic",
    ],
)
def test_what_may_be_missing_or_comes_with_the_rest_is_let_pass(tmp_path, lines):
    wheel = tmp_path / "a-1-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        archive.writestr("my_tutor/__init__.py", lines)
        archive.writestr("my_tutor/broken.py", "def (")
        archive.writestr(
            "a-1.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: a\nRequires-Dist: plugwright-core\n"
            "Requires-Dist: no-such-distribution; extra == 'x'\n"
            "Requires-Dist: no-such-distribution\nRequires-Dist: ???\n",
        )

    assert check_imports(wheel, "my_tutor") == []


def test_where_else_it_plugs_in_is_noted(tutor, bench):
    change(
        tutor / "pyproject.toml",
        "[project.entry-points.plugwright]",
        '[project.scripts]\nls = "my_tutor:x"\n\n'
        '[project.entry-points.pytest11]\nx = "my_tutor"\n\n'
        "[project.entry-points.plugwright]",
    )

    troubles = check_wheel(bench(tutor))

    assert all(trouble.is_note for trouble in troubles)
    assert any("adds the commands `ls`" in trouble.what for trouble in troubles)
    assert any("`pytest11`" in trouble.what for trouble in troubles)


def test_entry_points_that_cannot_be_read_add_nothing(tutor, bench, tmp_path):
    wheel = tmp_path / "a-1-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        archive.writestr("my_tutor/plugin.toml", "")
        archive.writestr("a-1.dist-info/entry_points.txt", "a = b\n[")

    assert look_into(wheel, bench(tutor)) == []


@pytest.mark.parametrize(
    "name",
    [
        *("evil.pth", "sitecustomize.py", "tests/test_a.py"),
        *("a-1.data/scripts/python", "a-1.data/data/etc/passwd", "json.py"),
    ],
)
def test_what_has_no_place_in_a_wheel_is_named(tutor, bench, tmp_path, name):
    wheel = tmp_path / "a-1-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for each in ("my_tutor/plugin.toml", "a-1.dist-info/METADATA", name):
            archive.writestr(each, "")

    (trouble,) = look_into(wheel, bench(tutor))

    assert f"`{name}`" in trouble.what
    assert not trouble.is_note


def test_a_wheel_for_one_kind_of_machine_is_only_noted(tutor, bench, tmp_path):
    wheel = tmp_path / "a-1-cp311-cp311-linux_x86_64.whl"
    with ZipFile(wheel, "w") as archive:
        archive.writestr("my_tutor/plugin.toml", "")

    (trouble,) = look_into(wheel, bench(tutor))

    assert trouble.is_note
