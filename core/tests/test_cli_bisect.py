"""`plugwright bisect` finds the host plugin that makes a command fail."""

from __future__ import annotations

import sys

import pytest

from plugwright.cli.bisect import culprits

NAMES = [f"p{number:02}" for number in range(32)]


class Command:
    """Fails while one of each of these groups is there, or one of the needed is not."""

    def __init__(self, *groups, needed=()):
        self.groups = groups
        self.needed = needed
        self.runs = 0

    def __call__(self, without):
        self.runs += 1
        there = {*NAMES} - {*without}
        return any(each & there for each in self.groups) or not {*self.needed} <= there


@pytest.mark.parametrize("name", [NAMES[0], NAMES[13], NAMES[31]])
def test_one_is_found_in_few_runs(name):
    command = Command({name})
    assert culprits(NAMES, command) == [name]
    assert command.runs <= 12


@pytest.mark.parametrize("name", NAMES[::7])
def test_one_is_found_although_others_are_needed(name):
    assert culprits(NAMES, Command({name}, needed={"p05", "p30"})) == [name]


def test_one_alone_is_found_and_cleared():
    assert culprits(["p01"], Command({"p01"})) == ["p01"]
    assert culprits(["p01"], Command({"p01"}, {"p02"})) == []
    assert culprits([], Command({"p01"})) == []


def test_several_are_named_and_nobody_else():
    assert culprits(NAMES, Command({"p03"}, {"p28"})) == ["p03", "p28"]


def test_nobody_is_named_where_it_fails_anyway():
    assert culprits(NAMES, lambda without: True) == []


# As a command.


@pytest.fixture
def installed_many(installed):
    for name in ("one", "two", "three"):
        installed.package(
            name,
            "from plugwright.hooks import hookimpl\n@hookimpl\ndef judges(): return []",
            hooks=("judges",),
        )
    installed.package("bad", "", hooks=("subcommands",))
    (installed.folder / "bad_plugin" / "__init__.py").write_text(
        "import os\nos._exit(9)\n"
    )
    return installed


def test_the_one_that_ends_the_process_is_named(
    plugwright, installed_many, monkeypatch
):
    for name, value in installed_many.environment().items():
        monkeypatch.setenv(name, value)
    code, out, err = plugwright("bisect", "--", "plugwright", "--help")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "without any left out: failed with exit code 9"
    assert "`bad` makes it fail" in lines
    assert (
        lines[-1] == "  what to do: `plugwright why bad`, or `plugwright disable bad`"
    )


SCRIPT = (
    "import os, sys; out = os.environ['PLUGWRIGHT_WITHOUT'].split(','); sys.exit({})"
)


def test_several_are_named(plugwright, installed_many, monkeypatch):
    monkeypatch.setenv("PLUGWRIGHT_WITHOUT", "three")
    script = SCRIPT.format("not {'one', 'two', 'three'} <= {*out}")
    code, out, _ = plugwright("bisect", "--", sys.executable, "-c", script)
    assert code == 0
    assert "  `one` makes it fail\n  `two` makes it fail\n" in out
    assert "only without all of these does it work" in out


def test_what_works_has_no_culprit(plugwright, installed_many):
    script = SCRIPT.format(0)
    code, _, err = plugwright("bisect", "--", sys.executable, "-c", script)
    assert code == 2
    assert "it works, so there is nothing to find" in err


def test_what_fails_anyway_is_no_plugins_fault(plugwright, installed_many):
    script = SCRIPT.format(3)
    code, _, err = plugwright("bisect", "--", sys.executable, "-c", script)
    assert code == 2
    assert "it is no host plugin" in err


def test_a_command_that_is_none_is_told(plugwright, installed_many):
    code, _, err = plugwright("bisect", "--", "no-such-command-anywhere")
    assert code == 2
    assert "`no-such-command-anywhere` cannot be started" in err
