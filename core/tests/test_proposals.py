"""A proposal says what is different, and what was found by looking at it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import fields, replace
from functools import partial
from types import SimpleNamespace

import pytest
from doubles import activate, make_bundle, start, write_bundle
from terminals import Terminal, decide_at_terminal, squeezed

from plugwright.approving import in_words
from plugwright.errors import UsageError
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.lives import State
from plugwright.quotas import Quota
from plugwright.validation import Finding, Severity

pytest.importorskip("pty", reason="the questions are asked at a Unix terminal")


@pytest.fixture
def host(home, installed):
    installed.instead_of_engines()
    host = Host.discover(home)
    yield host
    host.close()


@pytest.fixture
def take_in(host):
    def take_in(*args, **kwargs):
        return host.lives.unpacked(make_bundle(*args, **kwargs))

    return take_in


@pytest.fixture
def at_terminal(host, monkeypatch):
    return partial(decide_at_terminal, host, monkeypatch)


# What is different.


def test_an_upgrade_begins_with_what_is_different(host, take_in, at_terminal):
    activate(host, make_bundle())
    new = take_in(
        version="2", permissions=("clock",), quota=Quota(seconds=30), tests="# more"
    )
    _, shown = at_terminal(new, "n\n")
    text = squeezed(shown)
    assert (
        "Doubles numbers Different from version 1, which runs now"
        " Permissions • NEW: it may know the date and the time — it needs it"
        " Limits • MORE time for a call: 30 s (before: 10 s)"
        " Tests • `tests/test_it.py`: 1 line more, 0 lines less"
        " As before • what it offers, code and other files"
        " Commands •" in text
    )


def test_what_is_new_is_marked_in_colour_too(host, installed, tmp_path):
    activate(host, make_bundle())
    folder = tmp_path / "doubler"
    write_bundle(folder, make_bundle(version="2", permissions=("clock",)))
    terminal = Terminal("n\n")
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.slave)
    environment = {**installed.environment(), "TERM": "xterm"}
    environment.pop("NO_COLOR", None)
    process = start(installed, "add", str(folder), **streams, env=environment)
    assert process.wait(timeout=300) == 1
    assert "\x1b[1;33mNEW: it may know" in terminal.shown()


def test_the_lines_that_are_different_can_be_read(host, take_in, at_terminal):
    activate(host, make_bundle())
    source = make_bundle().files["plugin.py"].decode().replace("2 *", "number +")
    new = take_in(source, version="2")
    decided, shown = at_terminal(new, "d\nq\nshow difference\ny\n")
    assert decided
    assert "show code or difference:" in shown
    assert shown.count("-    return 2 * number") == 2
    assert shown.count("+    return number + number") == 2
    assert shown.count('+version = "2"') == 2
    assert shown.count("Please type yes, no, code or difference.") == 1


def test_the_first_of_its_name_has_no_difference_to_show(take_in, at_terminal):
    _, shown = at_terminal(take_in(), "d\nn\n")
    assert "Different from" not in shown
    assert "Please type yes, no or code." in shown


def test_what_does_not_run_any_more_is_compared_with_all_the_same(
    host, take_in, at_terminal
):
    activate(host, make_bundle())
    host.lives.revoke("doubler", by="a test")
    _, shown = at_terminal(take_in(version="2"), "n\n")
    assert (
        "Different from version 1, which was approved last As before • everything but"
        " what it says of itself" in squeezed(shown)
    )


def test_files_that_are_not_as_they_were_cannot_be_compared(host, take_in, at_terminal):
    old = activate(host, make_bundle())
    (host.home.bundles / old / "plugin.py").write_text("evil")
    host.lives.disable("doubler")
    _, shown = at_terminal(take_in(version="2"), "d\nn\n")
    assert "Unknown • the files of that version are not as they were" in squeezed(shown)
    assert "Please type yes, no or code." in shown


def test_why_an_earlier_approval_holds_no_longer_is_said(home, host, at_terminal):
    bundle = activate(host, make_bundle())
    with closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute("UPDATE approvals SET by = 'somebody'")
    decided, shown = at_terminal(bundle, "y\n")
    assert decided
    assert (
        "Approved before, which holds no longer • `doubler` 1 may not run: its"
        " approval was changed after it was signed" in squeezed(shown)
    )
    assert host.run("doubler", "double", {"number": 4}) == 8


# What validators say.


class Looker:
    """Says of every bundle what it is told to say."""

    def __init__(self, *findings):
        self.findings = findings

    @hookimpl
    def validate(self, subject):
        assert subject.kind == "bundle"
        return [*self.findings]


def test_what_validators_say_is_shown_the_worst_first(host, take_in, at_terminal):
    host.manager.register(
        Looker(
            Finding(what="no README", severity=Severity.NOTE),
            Finding(
                what="`clock`\nis unused \x1b[2J",
                where="plugin.toml:3",
                remedy="leave it out",
            ),
        ),
        "looker",
    )
    decided, shown = at_terminal(take_in(), "y\n")
    assert decided
    assert (
        "Seen by looking at it • WARNING plugin.toml:3: `clock` is unused \\u001b[2J"
        " (leave it out) • NOTE: no README" in squeezed(shown)
    )


@pytest.mark.parametrize("yes", [True, False])
@pytest.mark.parametrize("severity", [Severity.ERROR, "error", "whatever", None])
def test_what_a_validator_calls_an_error_is_not_proposed_not_even_by_the_flag(
    host, take_in, at_terminal, yes, severity
):
    mistake = SimpleNamespace(what="it mines coins", severity=severity)
    host.manager.register(Looker(Finding(what="fine"), mistake), "looker")
    bundle = take_in()
    decided, shown = at_terminal(bundle, "y\n", yes=yes)
    assert not decided
    assert "• ERROR: it mines coins • WARNING: fine" in squeezed(shown)
    assert "It cannot be approved: it mines coins" in shown
    assert host.lives.life(bundle).state is State.JUDGED


def test_where_a_validator_fails_nothing_is_proposed_and_it_is_named(
    host, take_in, at_terminal
):
    class Broken:
        @hookimpl
        def validate(self, subject):
            raise ZeroDivisionError("out of luck")

    host.manager.register(Broken(), "broken")
    bundle = take_in()
    decided, shown = at_terminal(bundle, "y\n")
    assert not decided
    text = squeezed(shown)
    assert (
        "It cannot be approved: `broken`: its hook `validate` failed:"
        " ZeroDivisionError: out of luck" in text
    )
    assert "`plugwright disable broken`" in text
    assert host.lives.life(bundle).state is State.JUDGED


def test_of_very_many_findings_some_are_shown_and_all_are_counted(
    host, take_in, at_terminal
):
    findings = [Finding(what=f"number {n:03}") for n in range(100)]
    host.manager.register(Looker(*findings), "looker")
    _, shown = at_terminal(take_in(), "n\n")
    assert "• WARNING: number 019" in shown
    assert "number 020" not in shown
    assert "• and 80 more" in shown


def test_what_is_blocked_is_not_even_looked_at(host, take_in, at_terminal):
    bundle = take_in()
    (host.home.folder / "blocklist.json").write_text(
        '[{"plugin": "doubler", "reason": "it halves"}]'
    )
    with pytest.raises(UsageError, match="is on the blocklist: it halves"):
        at_terminal(bundle, "y\n")
    assert host.lives.life(bundle).state is State.UNPACKED


# Its quota in words.


def test_a_quota_is_said_in_words():
    assert in_words(Quota()) == [
        "10 seconds, 192 MB of memory, 64 KB of printed text, 10,000 questions to "
        "Plugwright",
        "20 min in an hour, all calls together",
    ]


def test_what_is_not_as_usual_in_a_quota_is_said_beside_what_is_usual():
    _, an_hour, *unusual = in_words(
        Quota(hourly_seconds=90, fuel=40_000_000_000, keys=5, load_seconds=0.5)
    )
    assert an_hour == "90 s in an hour, all calls together"
    assert unusual == [
        "steps of computing: 40,000,000,000 fuel (usually 20,000,000,000 fuel)",
        "keeping: 5 entries (usually 10,000 entries)",
        "time to get ready: 500 ms (usually 10 s)",
    ]


def test_no_quota_can_differ_unsaid():
    for field in fields(Quota):
        different = replace(Quota(), **{field.name: getattr(Quota(), field.name) * 2})
        assert in_words(different) != in_words(Quota())
