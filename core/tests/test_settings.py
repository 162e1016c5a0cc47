"""What config.toml says of plugins: a mistake in one is not the others' trouble."""

from __future__ import annotations

import os

import pytest

from plugwright.errors import HostError, UsageError
from plugwright.settings import PluginSettings, plugin_settings


@pytest.fixture
def settings(tmp_path):
    def settings(text):
        path = tmp_path / "config.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return plugin_settings(path)

    return settings


def test_without_a_file_there_are_none(tmp_path):
    assert plugin_settings(tmp_path / "config.toml") == {}


def test_each_plugin_has_its_own(settings):
    assert settings(
        "[models]\nx = 1\n"
        "[plugins.one]\nenabled = false\nrequired = true\n"
        "[plugins.two.settings]\nurl = 'x'\nsince = 2026-01-02\n[plugins.three]\n"
    ) == {
        "one": PluginSettings(enabled=False, required=True),
        "two": PluginSettings(settings={"url": "x", "since": "2026-01-02"}),
        "three": PluginSettings(),
    }


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[plugins", "is not TOML"),
        (b"x = '\xff'", "is not TOML"),
        ("x = " + "[" * 100_000, "is not TOML"),
        ("plugins = 1", "`plugins` has to be tables: [plugins.NAME]"),
    ],
)
def test_a_file_that_cannot_be_understood_is_told_with_its_place(settings, text, what):
    with pytest.raises(UsageError, match=r"config\.toml") as error:
        settings(text)
    assert what in error.value.message
    assert error.value.remedy.startswith("correct that place")


@pytest.mark.parametrize(
    ("text", "what", "found"),
    [
        (
            "one = 1",
            "`plugins.one` has to be a table: [plugins.one]",
            PluginSettings(),
        ),
        (
            "one.required = true\none.enable = false\none.url = 'x'",
            "`plugins.one.enable` is not known; known are `enabled`, `required`, `sett",
            PluginSettings(required=True),
        ),
        (
            "one.enabled = 0\none.settings = {url = 'x'}",
            "`plugins.one.enabled` has to be true or false",
            PluginSettings(settings={"url": "x"}),
        ),
        (
            "one.settings = 0",
            "`plugins.one.settings` has to be a table of",
            PluginSettings(),
        ),
    ],
)
def test_a_mistake_about_one_plugin_is_its_own(settings, text, what, found):
    both = settings(f"[plugins]\n{text}\ntwo.required = true")
    assert what in both["one"].problem
    assert "config.toml`: " in both["one"].problem
    assert both["one"]._replace(problem="") == found
    assert both["two"] == PluginSettings(required=True)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    os.mkdir(tmp_path / "config.toml")
    with pytest.raises(HostError, match=r"cannot use `.*config\.toml`"):
        plugin_settings(tmp_path / "config.toml")
