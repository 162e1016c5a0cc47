"""The commands as they are typed."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import plugwright_forge
from plugwright.errors import PlugwrightError
from plugwright_forge import demo


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Type a command in a home of its own; an error is raised as it is."""
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PLUGWRIGHT_MODEL", raising=False)
    commands = {command.name: command for command in plugwright_forge.subcommands()}

    def typed(name, *arguments):
        result = CliRunner().invoke(
            commands[name], arguments, standalone_mode=False, catch_exceptions=False
        )
        if isinstance(result.exception, SystemExit):
            return result
        raise result.exception or AssertionError(result.output)

    return typed


def test_two_commands_are_offered():
    assert [c.name for c in plugwright_forge.subcommands()] == ["forge", "demo"]


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
    ],
)
def test_what_cannot_be_done_is_said(run, tmp_path, arguments, problem):
    with pytest.raises(PlugwrightError, match=problem):
        run("forge", *arguments)

    assert not list(tmp_path.glob("home/forge/*"))


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
