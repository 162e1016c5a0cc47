"""How models and permissions are named on the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from plugwright.errors import PlugwrightError, UsageError
from plugwright_forge import commands, terminal
from plugwright_forge.session import Session


@pytest.fixture
def typed(tmp_path, monkeypatch):
    """Type `plugwright forge Count!` in a home of its own, and stop before the work."""
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PLUGWRIGHT_MODEL", raising=False)
    monkeypatch.setattr(terminal, "carry_out", lambda *about, **more: None)

    def run(*arguments):
        result = CliRunner().invoke(
            commands.forge, ["Count!", *arguments], standalone_mode=False
        )
        if result.exception:
            raise result.exception
        return Session.find(tmp_path / "home" / "forge").options

    return run


def test_a_provider_goes_before_each_model_that_does_not_say(typed, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = f"{tmp_path / 'one'}", f"{tmp_path / 'two'}"

    options = typed("--provider", "hand", "--model", one, "--model", f"hand:{two}")

    assert (options.model, options.others) == (f"hand:{one}", (f"hand:{two}",))


def test_a_provider_without_a_model_is_asked_for_one(typed):
    with pytest.raises(UsageError, match="`--provider llamacpp` does not say") as said:
        typed("--provider", "llamacpp")

    assert said.value.remedy == "add `--model FILE.gguf`"


def test_llamacpp_means_models_in_files(typed, tmp_path):
    # Whether or not its plugin is installed, the complaint is about that file.
    with pytest.raises(PlugwrightError, match=r"gguf:.*none\.gguf|none\.gguf"):
        typed("--provider", "llamacpp", "--model", f"{tmp_path / 'none.gguf'}")


def test_what_may_be_wished_for_is_kept_with_the_session(typed, tmp_path):
    (tmp_path / "one").mkdir()
    wish = "http:GET https://example.org/*"

    options = typed("--model", f"hand:{tmp_path / 'one'}", "--allow", wish)

    assert options.allow == (wish,)


def test_what_is_no_permission_is_said_before_anything_begins(typed, tmp_path):
    with pytest.raises(UsageError, match="there is no permission `everything`"):
        typed("--model", f"hand:{tmp_path}", "--allow", "everything")

    assert not list(tmp_path.glob("home/forge/*"))
