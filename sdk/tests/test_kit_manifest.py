"""`plugwright manifest`: what the code says is written, what its author wrote stays."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from plugwright.errors import NotLoaded, PlugwrightError, UsageError
from plugwright.manifest import Manifest
from plugwright_sdk.kit.bundled import MINIMAL, WHOLE
from plugwright_sdk.kit.declaring import declare
from plugwright_sdk.kit.fixtures import Engine
from plugwright_sdk.kit.manifests import differences, updated
from plugwright_sdk.kit.projects import Project

sys.path.insert(0, str(Path(__file__).parent))

from kit_support import change, made


@pytest.fixture
def hosting(plugwright_host):
    """A host whose sandbox has no wall, and needs none to be built."""
    plugwright_host.manager.register(Engine(), "engine")
    return lambda: plugwright_host


@pytest.fixture
def tutor(tmp_path):
    return made(tmp_path / "it", "commands", "configured")


@pytest.fixture
def box(tmp_path):
    return made(tmp_path / "it", "commands", "memories", kind="sandboxed")


@pytest.mark.parametrize("kind", ["host", "sandboxed"])
def test_what_was_just_made_needs_no_change(tmp_path, hosting, kind):
    folder = made(tmp_path / "it", "commands", "tools", "heard", kind=kind)

    declared = declare(Project.find(folder), hosting)

    assert declared.differences == ()
    assert declared.after == declared.before


def test_a_hook_that_was_added_is_named_and_written(tutor, hosting):
    source = tutor / "src/my_tutor/__init__.py"
    source.write_text(
        source.read_text("utf-8")
        + "\n@hookimpl\ndef stopping() -> None:\n    '''Say goodbye.'''\n"
    )
    manifest = tutor / "src/my_tutor/plugin.toml"
    change(manifest, 'name = "my-tutor"', 'name = "my-tutor"  # a comment of mine')

    declared = declare(Project.find(tutor), hosting)
    declared.write()

    assert declared.differences == ("`plugin.hooks` differs from the code",)
    text = manifest.read_text("utf-8")
    assert tomllib.loads(text)["plugin"]["hooks"] == [
        *("commands", "configured", "stopping")
    ]
    assert "# a comment of mine" in text
    assert declare(Project.find(tutor), hosting).differences == ()


def test_the_schema_of_settings_follows_the_code(tutor, hosting):
    change(tutor / "src/my_tutor/options.py", 'language: str = "en"', "level: int = 3")

    declared = declare(Project.find(tutor), hosting)

    settings = tomllib.loads(declared.after)["settings"]
    assert settings["properties"]["level"]["default"] == 3
    assert "language" not in settings["properties"]


def test_a_manifest_that_is_not_there_is_written_whole(tutor, hosting):
    (tutor / "src/my_tutor/plugin.toml").unlink()

    declared = declare(Project.find(tutor), hosting)
    declared.write()

    assert declared.differences == ("it is missing",)
    assert declare(Project.find(tutor), hosting).differences == ()


def test_hooks_in_another_order_are_the_same_hooks(tutor, hosting):
    manifest = tutor / "src/my_tutor/plugin.toml"
    text = manifest.read_text("utf-8")
    start = text.index("hooks = [")
    end = text.index("]", start) + 1
    mine = 'hooks = ["configured", "commands"]'
    manifest.write_text(text[:start] + mine + text[end:])

    assert declare(Project.find(tutor), hosting).differences == ()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("import no_such_module_anywhere", "no_such_module_anywhere"),
        ("def (", "SyntaxError"),
        ("raise SystemExit(3)", "ended the process with code 3"),
        ("import os; os._exit(7)", "ended the process with code 7"),
        (
            "from plugwright.hooks import hookimpl\n@hookimpl\ndef provider(): ...",
            "there is no hook `provider`",
        ),
        (
            "from plugwright.hooks import hookimpl\n"
            "@hookimpl\nasync def providers(): ...",
            "nobody awaits it",
        ),
    ],
)
def test_code_that_cannot_be_looked_at_is_told_in_a_sentence(
    tutor, hosting, source, said
):
    (tutor / "src/my_tutor/__init__.py").write_text(source)

    with pytest.raises(NotLoaded, match="my-tutor") as error:
        declare(Project.find(tutor), hosting)

    assert said in error.value.message
    assert error.value.remedy


def test_what_a_plugin_prints_at_import_disturbs_nothing(tutor, hosting):
    source = tutor / "src/my_tutor/__init__.py"
    source.write_text(source.read_text("utf-8") + "\nprint('{}' * 10)\n")

    assert declare(Project.find(tutor), hosting).differences == ()


def test_a_command_that_was_added_to_a_bundle_is_written(box, hosting):
    change(
        box / "plugin.py",
        "@command\ndef greet",
        "@command\ndef wave(times: int = 1) -> None:\n"
        '    """Wave."""\n\n\n@command\ndef greet',
    )
    manifest = box / "plugin.toml"
    change(manifest, "[[permissions]]", "# mine\n[[permissions]]")
    permissions = tomllib.loads(manifest.read_text("utf-8"))["permissions"]

    declared = declare(Project.find(box), hosting)
    declared.write()

    assert declared.differences == ("`commands.wave` is missing",)
    text = manifest.read_text("utf-8")
    assert Manifest.parse(text).commands["wave"].parameters == ("times",)
    assert "# mine" in text
    assert tomllib.loads(text)["permissions"] == permissions


def test_a_command_that_went_is_taken_out(box, hosting):
    change(box / "plugin.py", "@command\ndef greet", "def greet")

    declared = declare(Project.find(box), hosting)

    assert declared.differences == ("`commands.greet` is not in the code",)
    assert [*Manifest.parse(declared.after).commands] == []


def test_a_signature_that_changed_is_followed(box, hosting):
    change(box / "plugin.py", "def greet(name: str)", "def greet(name: str, age: int)")

    declared = declare(Project.find(box), hosting)

    spec = Manifest.parse(declared.after).commands["greet"]
    assert spec.parameters == ("name", "age")
    assert spec.input["properties"]["age"] == {"type": "integer"}


def test_a_bundle_that_cannot_be_loaded_is_told_in_a_sentence(box, hosting):
    (box / "plugin.py").write_text("def (")

    with pytest.raises(PlugwrightError, match="my-tutor"):
        declare(Project.find(box), hosting)


def test_a_folder_without_a_plugin_is_told_what_to_do(tmp_path):
    with pytest.raises(UsageError, match="holds no plugin") as error:
        Project.find(tmp_path)

    assert "plugwright new" in error.value.remedy


@pytest.mark.parametrize(
    "entries", ["", "[project.entry-points.plugwright]\na = 'a'\nb = 'b'"]
)
def test_a_project_has_one_plugin(tmp_path, entries):
    (tmp_path / "pyproject.toml").write_text(f"[project]\nname = 'a'\n{entries}")

    with pytest.raises(UsageError, match="not one"):
        Project.find(tmp_path)


def test_an_entry_point_to_nowhere_is_told(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        "[project.entry-points.plugwright]\na = 'nowhere.at_all'"
    )

    with pytest.raises(UsageError, match="there is no package `nowhere`"):
        Project.find(tmp_path)


# Any manifest that somebody may have written, in any of TOML's ways.

NAMES = st.sampled_from(["greet", "plan", "wave"])
COMMANDS = st.dictionaries(
    NAMES,
    st.fixed_dictionaries(
        {"summary": st.sampled_from(["One.", "Two."])},
        optional={
            "parameters": st.just(["a"]),
            "input": st.just({"type": "object", "properties": {"a": {}}}),
            "output": st.just({"type": "string"}),
        },
    ),
)


@given(COMMANDS, COMMANDS, st.booleans())
def test_whatever_was_written_becomes_what_the_code_says(before, now, is_inline):
    text = MINIMAL.format(name="my-tutor", summary="Mine.") + "# mine\n"
    if is_inline:
        text += tomlkit.dumps({"commands": before}) if before else ""
    else:
        text = updated(text, {"commands": before}, WHOLE)

    result = updated(text, {"commands": now}, WHOLE)

    assert tomllib.loads(result).get("commands", {}) == now
    assert differences(result, {"commands": now}, WHOLE) == []
    assert "# mine" in result
