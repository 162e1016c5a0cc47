"""A host plugin's manifest is read whole or refused with its place."""

from __future__ import annotations

import importlib.metadata
from importlib import import_module

import pytest

from plugwright.discovery import discover
from plugwright.errors import Rejected
from plugwright.hooks import Questions
from plugwright.hostmanifest import LARGEST, HostManifest
from plugwright.modelling import schema_of
from plugwright.registration import Plugins

TEXT = """\
[plugin]
kind = "host"
name = "tutor"
api = ">=0.1,<0.2"
summary = "Explains fractions."
hooks = ["commands", "configured"]

[settings]
type = "object"
required = ["url"]

[settings.properties.url]
type = "string"

[tool.of.somebody.else]
x = 1
"""
WHOLE = HostManifest(
    "tutor",
    ">=0.1,<0.2",
    "Explains fractions.",
    ["commands", "configured"],
    {
        "type": "object",
        "required": ["url"],
        "properties": {"url": {"type": "string"}},
    },
)


def test_what_is_written_is_read_and_what_is_read_can_be_written():
    assert HostManifest.parse(TEXT.encode()) == WHOLE
    assert HostManifest.parse(WHOLE.dumps().encode()) == WHOLE
    bare = WHOLE._replace(settings={}, hooks=[])
    assert HostManifest.parse(bare.dumps().encode()) == bare


def test_a_file_is_read_by_its_path_and_no_further_than_allowed(tmp_path):
    file = tmp_path / "plugin.toml"
    file.write_text(TEXT)
    assert HostManifest.read(file) == WHOLE
    file.write_bytes(b"#" * (LARGEST + 10))
    with pytest.raises(Rejected, match="it has more than 256 KB"):
        HostManifest.read(file)


@pytest.mark.parametrize(
    ("api", "fits"),
    [(">=0.1,<0.2", True), (">=0.1", True), ("==0.1.*", True), (">=9", False)],
)
def test_the_range_says_whether_it_is_for_this_host(api, fits):
    assert WHOLE._replace(api=api).fits is fits


DEEP = "[settings]\nx = " + "{a = " * 70 + "1" + "}" * 70
WRONG = {
    'kind = "sandboxed"': ("value", 2, "`plugin.kind` has to be 'host'"),
    "kind = 3": ("value", 2, "`plugin.kind` has to be 'host'"),
    'name = ""': ("value", 3, "`plugin.name` has to have 1 or more characters"),
    "name = 7": ("value", 3, "`plugin.name` has to be text, in quotes"),
    'api = "soon"': ("value", 4, "`plugin.api` has to be a range"),
    'summary = "two\\nlines"': ("value", 5, "`plugin.summary` has to be one line"),
    'hooks = "all"': ("value", 6, "`plugin.hooks` has to be a list"),
    'hooks = ["tools", "tools"]': ("value", 6, "`plugin.hooks` says something twice"),
    'hoks = ["tools"]': ("unknown-key", 6, "`plugin.hoks` is not a known key"),
}


@pytest.mark.parametrize("line", WRONG)
def test_a_mistake_is_told_with_its_line(line):
    rule, number, what = WRONG[line]
    lines = TEXT.splitlines()
    lines[number - 1] = line
    with pytest.raises(Rejected) as error:
        HostManifest.parse("\n".join(lines).encode())
    assert (error.value.rule, error.value.line) == (rule, number)
    assert what in error.value.message
    assert error.value.remedy


def test_a_mistyped_key_is_told_with_the_nearest():
    with pytest.raises(Rejected) as error:
        HostManifest.parse(TEXT.replace("hooks", "hoks").encode())
    assert error.value.remedy == "did you mean `hooks`?"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "`plugin` is missing"),
        (b"plugin = 1", "`plugin` has to be a table"),
        (b"[plugin\n", "it is not TOML"),
        (b"\xff", "it is not TOML"),
        (b"[" + b"a." * 100 + b"b]\n", "it has a key of more than 64 parts"),
        (b"x = " + b"[" * 100_000, "it is not TOML"),
        (TEXT.partition("[settings]")[0].encode() + DEEP.encode(), "levels deep"),
    ],
)
def test_what_is_no_manifest_is_refused(content, what):
    with pytest.raises(Rejected, match=r"plugin\.toml") as error:
        HostManifest.parse(content)
    assert what in error.value.message


# The plugins that come with Plugwright.

OURS = [
    entry
    for entry in importlib.metadata.entry_points(group="plugwright")
    if entry.dist is not None and entry.dist.name.startswith("plugwright-")
]


def as_toml_says_it(schema):
    """Leave out `"default": null`, which TOML cannot say."""
    if isinstance(schema, list):
        return [as_toml_says_it(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    said = {k: v for k, v in schema.items() if (k, v) != ("default", None)}
    return {key: as_toml_says_it(value) for key, value in said.items()}


@pytest.mark.parametrize("entry", OURS, ids=lambda entry: entry.name)
def test_every_plugin_of_ours_has_a_manifest_that_agrees_with_its_code(entry):
    [found] = [each for each in discover() if each.name == entry.name]
    assert (found.problem, found.api) == ("", ">=0.1,<0.2")

    module = import_module(entry.value)
    plugins = Plugins(Questions)
    plugins.register(module, entry.name)
    callers = plugins.get_hookcallers(module) or []
    assert sorted(found.hooks) == sorted(caller.name for caller in callers)
    configured = getattr(module, "configured", None)
    schema = schema_of(configured) if configured else {}
    assert found.settings == as_toml_says_it(schema)


def test_ours_are_all_there():
    names = {entry.name for entry in OURS}
    assert names >= {"cassette", "forge", "memory", "qa", "sandbox", "sdk"}
