"""What is seen of a bundle without running it; and that doubt says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

import plugwright_qa
from plugwright.bundles import Bundle
from plugwright.home import Home
from plugwright.host import Host
from plugwright.hostmanifest import HostManifest
from plugwright.manifest import CommandSpec, Manifest
from plugwright.permissions import Permission
from plugwright.validation import Finding, Severity, Subject, subject_of
from plugwright_qa.checks import findings

PLUGIN = """
from plugwright_sdk import command

@command
def double(number: int) -> int:
    return number * 2
"""
TESTS = "from plugin import double\n\ndef test_it(): assert double(2) == 4\n"
README = "# doubler\n\n`double` gives a number twice.\n"


def look(
    source: str = PLUGIN,
    *permissions: str,
    summary: str = "Doubles numbers",
    commands: dict[str, str] | None = None,
    **files: str | None,
) -> Sequence[Finding]:
    """Have a bundle looked at; `None` leaves a file out."""
    asked = tuple(map(Permission.parse, permissions))
    manifest = Manifest(
        name="doubler",
        version="1",
        api=">=0.1,<0.2",
        summary=summary,
        permissions=asked,
        reasons=dict.fromkeys(asked, "it needs it"),
        commands={
            name: CommandSpec(summary=text, parameters=("number",))
            for name, text in (commands or {"double": "Give it twice."}).items()
        },
    )
    texts = {
        "plugin.toml": manifest.dumps(),
        "plugin.py": source,
        "README.md": files.pop("readme", README),
        "tests/test_it.py": files.pop("tests", TESTS),
        **{f"{name}.py": text for name, text in files.items()},
    }
    content = {path: text.encode() for path, text in texts.items() if text is not None}
    return findings(subject_of(Bundle(content)))


def said(found: Sequence[Finding]) -> list[str]:
    return [finding.what for finding in found]


def test_a_bundle_as_it_should_be_has_no_findings():
    assert look() == []


# Texts.


def test_a_command_that_the_readme_does_not_name_is_found():
    [found] = look(readme="# doubler\n\nIt doubles, with double-quick speed.\n")

    assert found.what == "README.md does not name the command `double`"
    assert (found.severity, found.where) == (Severity.WARNING, "README.md")
    assert found.remedy


def test_many_commands_in_long_texts_are_looked_for_all_at_once():
    commands = {f"say-{n}": "Say it." for n in range(1500)}
    named = " ".join(f"say_{n}" for n in range(1499)) + " x" * 50_000
    found = look(commands=commands, readme=" ".join(commands), tests=named)

    assert said(found) == ["no test mentions the command `say-1499`"]


def test_a_bundle_without_a_readme_is_told_so_once():
    commands = {"double": "Give it twice.", "triple": "Give it thrice."}
    tests = f"{TESTS}\nfrom plugin import triple\n"
    [found] = look(readme=None, commands=commands, tests=tests)

    assert found.what.startswith("there is no README.md")


@pytest.mark.parametrize(
    ("summary", "what"),
    [
        ("x " * 41, "has 82 characters, and lists show 80"),
        ("Doubler", "is but a word"),
    ],
)
def test_a_summary_that_is_too_long_or_says_nothing_is_a_note(summary, what):
    [plugin] = look(summary=summary)
    [command] = look(commands={"double": summary})

    assert plugin.what == f"the summary of the plugin {what}"
    assert command.what == f"the summary of `double` {what}"
    assert plugin.severity is command.severity is Severity.NOTE


# Tests.


def test_a_bundle_without_tests_is_told_so_once():
    [found] = look(tests=None)

    assert found.what.startswith("there are no tests")
    assert found.severity is Severity.WARNING


def test_a_command_that_no_test_mentions_is_found():
    [found] = look(tests="def test_doubled(): ...\n")

    assert found.what == "no test mentions the command `double`"


@pytest.mark.parametrize("name", ["count", "how_many", "how-many"])
def test_a_command_may_be_tested_by_its_own_name_or_its_functions(name):
    source = """
from plugwright_sdk import command as door
@door(name="how-many")
def count() -> int: ...
@door
@staticmethod
def other() -> int: ...
"""
    commands = {"how-many": "Count the greetings."}
    readme = "`how-many` counts"

    tests = f"# {name}"
    assert look(source, commands=commands, readme=readme, tests=tests) == []
    assert look(source, commands=commands, readme=readme, tests="# it") != []


# Permissions that are asked for and not used.


@pytest.mark.parametrize(
    "permission",
    [
        "storage",
        "log",
        "clock",
        "events.emit:lesson-*",
        "http:GET https://example.org/*",
        "files.read:~/lessons",
        "files.write:~/lessons",
        "model:role=tutor",
    ],
)
def test_a_permission_that_no_line_uses_is_found(permission):
    [found] = look(PLUGIN, permission)

    assert found.what.startswith(f"it asks for `{permission.partition(':')[0]}")
    assert found.what.endswith("which no line of its code uses")
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("line", "permission"),
    [
        ("from plugwright_sdk import storage; storage.get('a')", "storage"),
        ("from plugwright_sdk import storage; 'a' in storage", "storage"),
        ("from plugwright_sdk import storage as kept; print(kept)", "storage"),
        ("from plugwright_sdk.capabilities import log; log.info('a')", "log"),
        ("import plugwright_sdk; plugwright_sdk.log.info('a')", "log"),
        ("import plugwright_sdk as sdk; say = sdk.log", "log"),
        ("import plugwright_sdk as sdk; print(sdk)", "log"),
        ("import plugwright_sdk as sdk; sdk.capabilities.log.info('a')", "log"),
        ("import plugwright_sdk as sdk; sdk.command", ""),
        ("import plugwright_sdk.capabilities as c; c.log.info('a')", "log"),
        ("from plugwright_sdk import capabilities as c; c.log.info('a')", "log"),
        ("from plugwright_sdk import *; log.info('a')", "log"),
        ("from plugwright_sdk import emit; emit('a')", "events.emit:a"),
        ("from plugwright_sdk import emit; tell = emit", "events.emit:a"),
        ("import time; time.time()", "clock"),
        ("from datetime import datetime; datetime.now()", "clock"),
        ("from plugwright_sdk import files; f = files.read_text", "files.read:~/a"),
        ("from plugwright_sdk import files; files.list()", "files.read:~/a"),
        (
            "from plugwright_sdk import files; files.write_text('a', '')",
            "files.write:~/a",
        ),
        ("import _plugwright_host as h; h.call('log', {})", "log"),
        ("import importlib; importlib.import_module('plugwright_sdk')", "log"),
        ("eval('log')", "log"),
        ("globals()['log']", "log"),
        ("this is another Python", "log"),
    ],
)
def test_a_permission_that_some_line_might_use_is_not_found(line, permission):
    asked = [permission] if permission else []
    assert said(look(f"{PLUGIN}\n{line}\n", *asked)) == []


def test_reading_is_not_writing():
    source = f"{PLUGIN}\nfrom plugwright_sdk import files\nfiles.read_text('a')\n"

    [found] = look(source, "files.read:~/a", "files.write:~/a")
    assert "`files.write:~/a`" in found.what


def test_an_import_alone_uses_nothing_unless_another_module_could():
    source = f"{PLUGIN}\nfrom plugwright_sdk import storage\n"

    assert len(look(source, "storage")) == 1
    assert look(source, "storage", helper="from plugin import storage") == []


# Permissions that are used and not asked for.


@pytest.mark.parametrize(
    ("line", "permission"),
    [
        ("from plugwright_sdk import storage; storage.get('a')", "storage"),
        ("from plugwright_sdk import storage; 'a' not in storage", "storage"),
        ("import plugwright_sdk as sdk; sdk.storage.get('a')", "storage"),
        ("from plugwright_sdk import log; log.info('a')", "log"),
        ("from plugwright_sdk import clock; clock.now()", "clock"),
        ("from plugwright_sdk import emit; emit('due')", "events.emit:due"),
        ("from plugwright_sdk import emit; emit(name='due')", "events.emit:due"),
        ("from plugwright_sdk import emit; emit(print())", "events.emit:NAME"),
        ("from plugwright_sdk import files; files.exists('a')", "files.read:FOLDER"),
        (
            "from plugwright_sdk.folders import files; files.write_text('a', '')",
            "files.write:FOLDER",
        ),
        (
            "from plugwright_sdk import models; models.ask('tutor', '?')",
            "model:role=tutor",
        ),
    ],
)
def test_a_use_that_nothing_grants_is_found_with_its_line(line, permission):
    [found] = look(f"{PLUGIN}\n{line}\n{line}\n")

    assert f"does not ask for `{permission}`" in found.what
    assert (found.severity, found.where) == (Severity.WARNING, "plugin.py:8")


def test_the_web_is_named_as_its_permission_is_written():
    [found] = look(
        f"{PLUGIN}\nfrom plugwright_sdk import http\nhttp.get('https://example.org/')\n"
    )

    assert "uses the web, but does not ask for `http:" in found.what


def test_whoever_sends_unasked_and_minds_no_refusal_is_stopped_as_well():
    [found] = look(
        f"{PLUGIN}\nfrom plugwright_sdk import Denied, http\n"
        "try:\n    http.post('https://example.org/')\nexcept Denied:\n    pass\n"
    )

    assert found.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("line", "permission"),
    [
        ("from plugwright_sdk import emit; emit('lesson-due')", "events.emit:lesson-*"),
        ("from plugwright_sdk import emit; emit('No Name')", "events.emit:a"),
        ("from plugwright_sdk import emit; emit(print())", "events.emit:a"),
        (
            "from plugwright_sdk import models; models.ask('tutor', '?')",
            "model:role=tutor,tokens=10",
        ),
        (
            "from plugwright_sdk import http; http.get('https://example.org/b')",
            "http:GET https://example.org/a",
        ),
    ],
)
def test_a_use_that_may_be_granted_is_not_found(line, permission):
    assert said(look(f"{PLUGIN}\n{line}\n", permission)) == []


@pytest.mark.parametrize("name", ["\\ud800", "\\x1b[2J", "x" * 100_000])
def test_a_name_that_no_screen_can_show_is_told_as_plain_text(name):
    [found] = look(f"from plugwright_sdk import emit\nemit('{name}')\n")

    assert found.what.isprintable()
    assert found.what.encode()
    assert len(found.what) < 300


def test_another_event_or_role_than_the_granted_one_is_found():
    lines = (
        "from plugwright_sdk import emit, models\n"
        "emit('other')\nmodels.ask('critic', '?')\n"
    )
    found = look(f"{PLUGIN}\n{lines}", "events.emit:lesson-*", "model:role=tutor")

    assert [f.what.partition("ask for ")[2] for f in found] == [
        "`events.emit:other`",
        "`model:role=critic`",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        "storage = {}\nstorage.get('a')",
        "from plugwright_sdk import storage\nstorage = {}\nstorage.get('a')",
        "from plugwright_sdk import storage\ndef f(storage): storage.get('a')",
        "from plugwright_sdk import storage\nclass storage: ...\nstorage.get('a')",
        "from plugwright_sdk import storage\nfor storage in (): storage.get('a')",
        "from plugwright_sdk import storage\nimport json as storage\nstorage.get(1)",
        "from plugwright_sdk import storage\ntry: ...\n"
        "except OSError as storage: storage.get('a')",
        "from plugwright_sdk import storage\nmatch 1:\n case storage: storage.get(1)",
        "from plugwright_sdk import storage\nmatch 1:\n"
        " case [*storage]: storage.get(1)",
        "from plugwright_sdk import storage\nmatch 1:\n"
        " case {**storage}: storage.get(1)",
        "from plugwright_sdk import storage\nprint(storage)",
        "from plugwright_sdk import storage as x\n"
        "from plugwright_sdk import log as x\nx.get('a')",
        "from plugwright_sdk import storage\nstorage.other('a')",
        "from elsewhere import storage\nstorage.get('a')",
        "# from plugwright_sdk import storage; storage.get('a')",
        "1 < 2 in (3,)",
    ],
)
def test_what_is_not_certain_is_not_said(lines):
    assert said(look(f"{PLUGIN}\n{lines}\n")) == []


def test_who_handles_a_refusal_gets_a_note():
    source = (
        f"{PLUGIN}\nimport plugwright_sdk\nfrom plugwright_sdk import log\n"
        "try: log.info('a')\nexcept {}: pass\n"
    )

    for name in ("Denied", "plugwright_sdk.Denied"):
        [found] = look(
            source.format(name).replace(
                "from plugwright_sdk import log",
                "from plugwright_sdk import Denied, log"
                if name == "Denied"
                else "from plugwright_sdk import log",
            )
        )
        assert found.severity is Severity.NOTE


def test_every_module_is_looked_at():
    helper = "from plugwright_sdk import log\nlog.info('a')\n"
    [found] = look(PLUGIN, helper=helper)

    assert found.where == "helper.py:2"


def test_a_module_that_this_python_cannot_read_leaves_the_others_to_look_at():
    helper = "from plugwright_sdk import log\nlog.info('a')\n"

    assert len(look("this is another Python", helper=helper)) == 1


def test_looking_at_strange_code_warns_nobody(recwarn):
    look(f"{PLUGIN}\n'\\d' is 1\n")

    assert not recwarn.list


# As a validator.


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"manifest": {}, "files": {}}, "text"],
)
def test_what_is_no_bundle_is_refused(data):
    [found] = findings(Subject(kind="bundle", name="odd", data=data))

    assert found.severity is Severity.ERROR
    assert found.what.startswith("this is no bundle: ")


def test_a_permission_that_there_is_not_is_refused():
    manifest = {
        "plugin": {"summary": "Is odd"},
        "permissions": [{"permission": "everything"}],
    }
    data = {"manifest": manifest, "files": {}}
    [found] = findings(Subject(kind="bundle", name="odd", data=data))

    assert "there is no permission `everything`" in found.what


def test_the_manifest_names_the_hooks_that_the_code_has():
    manifest = HostManifest.read(Path(plugwright_qa.__file__).parent / "plugin.toml")

    names = vars(plugwright_qa)
    found = [name for name in names if hasattr(names[name], "plugwright_impl")]
    assert manifest.hooks == sorted(found)


def test_the_host_hears_the_findings_of_bundles_only(tmp_path):
    host = Host(Home(tmp_path / "home"), cache=tmp_path / "cache")
    host.manager.register(plugwright_qa, "qa")
    try:
        bundle = Subject(kind="bundle", name="odd", data=None)
        text = Subject(kind="text", name="odd", data="from plugwright_sdk import *")

        assert len(host.hooks.validate.wait(subject=bundle)) == 1
        assert host.hooks.validate.wait(subject=text) == []
    finally:
        host.close()
