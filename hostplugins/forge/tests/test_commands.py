"""The commands as they are typed."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

import plugwright_forge
from plugwright.errors import PlugwrightError
from plugwright_forge import commands, demo, terminal
from plugwright_forge.session import Session


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Type a command in a home of its own; an error is raised as it is."""
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PLUGWRIGHT_MODEL", raising=False)
    offered = {command.name: command for command in plugwright_forge.subcommands()}

    def typed(name, *arguments):
        result = CliRunner().invoke(
            offered[name], arguments, standalone_mode=False, catch_exceptions=False
        )
        if result.exception is None or isinstance(result.exception, SystemExit):
            return result
        raise result.exception

    return typed


def test_three_commands_are_offered():
    names = [command.name for command in plugwright_forge.subcommands()]
    assert names == ["forge", "customise", "demo"]


def test_what_carries_a_command_out_is_imported_when_it_runs():
    code = (
        "import sys, plugwright_forge as p; p.subcommands();"
        "print([m for m in sys.modules if m in ('plugwright.host', 'rich.console',"
        " 'plugwright_forge.forge', 'plugwright_forge.demo', 'tomlkit')])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


def test_help_shows_the_request_and_the_commands_beside_it():
    def shown(*arguments):
        return CliRunner().invoke(commands.forge, [*arguments, "--help"]).output

    assert "[OPTIONS] [REQUEST]" in shown()
    assert "  matrix " in shown()
    assert "  improve " in shown()
    assert "--candidate ID" in shown("matrix")
    assert "NAME CHANGE" in shown("improve")


def test_without_a_model_there_is_one_screen_and_no_session(run, tmp_path):
    result = run("forge", "Count lessons")

    assert result.exit_code == 2
    assert "No model was named" in result.stderr
    assert len(result.stderr.split("\n")) < 40
    assert not (tmp_path / "home" / "forge").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "the request is empty"),
        (["  "], "the request is empty"),
        (["x" * 5000], "more than 4000 characters"),
        (["x\x1b[2J"], "characters that a screen does not show"),
        (["x", "--resume", "name"], "goes on with a request that was made before"),
        (["--resume"], "no unfinished session"),
        (["--resume", "name"], "no session `name`"),
        (["x", "--model", "oracle:7"], "has the name `oracle:7`"),
        (["x", "--answers", "none.json"], "cannot be read"),
        (["x", "--model", "hand:.", "--model", "oracle:7"], "has the name `oracle:7`"),
        (["x", "--model", "hand", "--model", "hand", "--record", "r"], "of one model"),
        (["matrix"], "there is no session"),
        (["matrix", "name"], "no session `name`"),
        (["improve", "nobody", "Count!"], "there is no plugin `nobody`"),
    ],
)
def test_what_cannot_be_done_is_said(run, tmp_path, arguments, problem):
    with pytest.raises(PlugwrightError, match=problem):
        run("forge", *arguments)

    assert not list(tmp_path.glob("home/forge/*"))


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--calls", "0", "not in the range"),
        ("--tokens", "many", "not a valid int"),
        ("--seconds", "0", "not in the range"),
        ("--wall", "nan", "is no amount"),
        ("--wall", "inf", "is no amount"),
        ("--money", "-1", "not in the range"),
        ("--iterations", "3", "not in the range"),
        ("--threshold", "101", "not in the range"),
        ("--candidates", "0", "not in the range"),
        ("--autonomy", "wild", "is not one of"),
        ("--testing", "wild", "is not one of"),
    ],
)
def test_an_option_that_cannot_be_is_named_in_one_sentence(run, option, value, said):
    with pytest.raises(click.BadParameter, match=said) as refused:
        run("forge", "x", option, value)
    assert f"'{option}'" in refused.value.format_message()
    assert "\n" not in refused.value.format_message()


def test_what_is_chosen_is_kept_with_the_session(run, tmp_path, monkeypatch):
    monkeypatch.setattr(terminal, "carry_out", lambda *about, **more: None)
    for scheme in ("one", "two"):
        (tmp_path / scheme).mkdir()
    run(
        *("forge", "Count!", "--autonomy", "fully-autonomous", "--testing", "stress"),
        *("--model", f"hand:{tmp_path / 'one'}", "--model", f"hand:{tmp_path / 'two'}"),
        *("--calls", "7", "--tokens", "100", "--seconds", "1.5", "--wall", "60"),
        *("--money", "0", "--iterations", "1", "--threshold", "70"),
    )
    options = Session.find(tmp_path / "home" / "forge").options

    assert options.others == (f"hand:{tmp_path / 'two'}",)
    assert (options.iterations, options.threshold) == (1, 70)
    assert (options.autonomy, options.testing) == ("fully-autonomous", "stress")
    budget = options.budget
    assert (budget.calls, budget.tokens, budget.seconds) == (7, 100, 1.5)
    assert (budget.wall, budget.money) == (60.0, 0.0)


@pytest.mark.parametrize("arguments", [["nobody"], ["nobody", "A=1"]])
def test_only_a_plugin_that_is_there_can_be_customised(run, arguments):
    with pytest.raises(PlugwrightError, match="there is no plugin `nobody`"):
        run("customise", *arguments)


def test_a_family_that_cannot_be_read_is_found_out_first(run, tmp_path):
    with pytest.raises(PlugwrightError, match="cannot be read"):
        run("demo", "--family", "none.json")

    assert not (tmp_path / "home" / "forge").exists()


def test_the_demos_request_is_answered_by_its_recording(run, tmp_path, monkeypatch):
    (tmp_path / "request.txt").write_text("Plan!\n")
    (tmp_path / "answers.json").write_text("[]")
    (tmp_path / "recording.json").write_text("not a recording")
    monkeypatch.setattr(demo, "FOLDER", tmp_path)

    # What is wrong with it is for its provider to say, if one is installed.
    with pytest.raises(PlugwrightError, match=r"recording|provider"):
        run("forge", "Plan!")
