"""A person sees what a plugin is and may do, and only a person lets it run."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
from contextlib import closing
from dataclasses import fields, replace
from types import SimpleNamespace

import pytest
from doubles import activate, make_bundle, start, write_bundle
from terminals import Terminal

from plugwright.approving import FLAG, PERSON, decide, in_words
from plugwright.errors import UsageError
from plugwright.hooks import hookimpl
from plugwright.host import Host
from plugwright.ledger import Kind
from plugwright.lives import State
from plugwright.quotas import Quota
from plugwright.validation import Finding, Severity

pytest.importorskip("pty", reason="the questions are asked at a Unix terminal")

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


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
def nobody_there(monkeypatch):
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        yield


@pytest.fixture
def at_terminal(host, monkeypatch):
    """Decide about a bundle as somebody who types this; give what they saw."""

    def at_terminal(bundle, typed, *, yes=False):
        terminal = Terminal(typed)
        with (
            open(terminal.slave, closefd=False) as keyboard,
            open(terminal.slave, "w", closefd=False) as screen,
            monkeypatch.context() as patch,
        ):
            patch.setattr(sys, "stdin", keyboard)
            patch.setattr(sys, "stdout", screen)
            decided = decide(host, bundle, yes=yes)
        return decided, ESCAPES.sub("", terminal.shown()).replace("\r\n", "\n")

    return at_terminal


def last(host):
    return host.ledger.rows()[0]


# Who decides.


@pytest.mark.parametrize("answer", ["y", "yes", " YES "])
def test_a_person_who_says_yes_lets_it_run_and_is_recorded(
    host, take_in, at_terminal, answer
):
    decided, shown = at_terminal(take_in(), f"{answer}\n")

    assert decided
    assert "Let it run? yes, no, show code:" in shown
    assert f"Approved by {PERSON}: `doubler` is active." in shown
    assert host.run("doubler", "double", {"number": 4}) == 8
    by = [row.facts().get("by") for row in host.ledger.rows()]
    assert by[:2] == [None, PERSON]


@pytest.mark.parametrize("typed", ["n\n", "no\n", "\x04", "\nperhaps\nNo\n"])
def test_a_person_who_says_no_or_goes_away_refuses_it(
    host, take_in, at_terminal, typed
):
    bundle = take_in()
    decided, shown = at_terminal(bundle, typed)

    assert not decided
    assert "Not approved. Nothing of it will run." in shown
    assert last(host).kind == Kind.REFUSED
    assert last(host).facts() == {"why": f"refused by {PERSON}"}
    with pytest.raises(UsageError, match="is disabled"):
        host.run("doubler", "double", {"number": 4})


def test_a_person_can_read_the_code_before_the_answer(take_in, at_terminal):
    decided, shown = at_terminal(take_in(), "c\nwhat\ncode\ny\n")

    assert decided
    assert shown.count("return 2 * number") == 2
    assert shown.count("Please type yes, no or code.") == 1


def test_who_said_no_can_be_asked_again(host, take_in, at_terminal):
    bundle = take_in()
    at_terminal(bundle, "n\n")
    assert at_terminal(bundle, "y\n")[0]
    assert host.lives.life(bundle).state is State.ACTIVE


def test_without_a_terminal_the_answer_is_no_and_it_stays_a_proposal(
    host, take_in, nobody_there, capsys
):
    bundle = take_in()
    assert not decide(host, bundle, yes=False)

    said = " ".join(capsys.readouterr().out.split())
    assert (
        "Not approved: there is no terminal to ask at. It stays a proposal; decide with"
        " `plugwright approve doubler`." in said
    )
    assert host.lives.life(bundle).state is State.PROPOSED
    assert host.lives.approval(bundle) is None


def test_the_flag_needs_no_terminal_and_the_record_says_that_it_was_the_flag(
    host, take_in, nobody_there, capsys
):
    bundle = take_in()
    assert decide(host, bundle, yes=True)

    assert f"Approved by {FLAG}: `doubler` is active." in capsys.readouterr().out
    assert host.lives.approval(bundle).by == FLAG
    assert host.ledger.rows()[1].facts()["by"] == FLAG


@pytest.mark.parametrize(
    ("tests", "line"),
    [
        ("# WA: five is not four", "• WA test_it.py: five is not four"),
        ("# RE:", "• RE test_it.py: no reason given"),
    ],
)
@pytest.mark.parametrize("yes", [True, False])
def test_what_fails_its_tests_cannot_be_approved_not_even_by_the_flag(
    host, take_in, at_terminal, tests, line, yes
):
    bundle = take_in(tests=tests)
    decided, shown = at_terminal(bundle, "y\n", yes=yes)

    assert not decided
    assert line in shown
    assert "It did not pass its own tests, so it cannot be approved." in shown
    assert host.lives.life(bundle).state is State.JUDGED
    assert host.lives.approval(bundle) is None


def test_an_upgrade_runs_in_place_of_the_old_one_once_it_is_approved(
    host, take_in, at_terminal
):
    old = activate(host, make_bundle())
    new = take_in(make_bundle().files["plugin.py"].decode() + "#", version="2")

    at_terminal(new, "n\n")
    assert host.lives.current("doubler").bundle == old
    at_terminal(new, "y\n")
    assert host.lives.current("doubler").bundle == new
    assert host.lives.life(old).state is State.REPLACED


def test_an_upgrade_that_pip_brought_waits_while_the_old_one_runs(
    host, installed, at_terminal
):
    old = activate(host, make_bundle())
    new = make_bundle(version="2", permissions=("storage",))
    installed.bundle(new)
    with host:
        assert host.run("doubler", "double", {"number": 4}) == 8
        assert host.lives.current("doubler").bundle == old
        assert host.lives.active("doubler").permissions == ()
        assert host.lives.life(new.id).state is State.PROPOSED
        _, shown = at_terminal(new.id, "y\n")
    assert "• NEW: it may keep notes" in shown
    assert host.lives.current("doubler").bundle == new.id


# What is different.


def squeezed(shown):
    return " ".join(shown.replace("│", " ").split())


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
    assert process.wait(timeout=30) == 1
    assert "\x1b[1;33mNEW: it may know" in terminal.shown()


def test_the_lines_that_are_different_can_be_read(host, take_in, at_terminal):
    activate(host, make_bundle())
    source = make_bundle().files["plugin.py"].decode().replace("2 *", "number +")
    new = take_in(source, version="2")
    decided, shown = at_terminal(new, "d\nq\ndifference\ny\n")
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


# What is shown.


def test_a_proposal_says_what_it_does_may_do_uses_and_where_it_is_unsure(
    take_in, at_terminal
):
    bundle = take_in(
        permissions=("clock",),
        quota=Quota(seconds=2.5, memory=64 << 20, host_calls=1000),
        provenance={"unsure": "zero\n\nnegative numbers", "request": "double it"},
    )
    _, shown = at_terminal(bundle, "n\n")
    text = " ".join(shown.replace("│", " ").split())
    for line in (
        "Proposal: doubler 1",
        "Doubles numbers",
        "Commands • double: It does double",
        "• It may know the date and the time — it needs it",
        "• 2.5 seconds, 64 MB of memory, 64 KB of printed text, 1,000 questions to",
        "Tests • 1 of 1 passed just now, in the sandbox",
        "Unsure • zero • negative numbers",
        "Made for the request • double it",
        f"bundle {bundle[:16]}",
    ):
        assert line in text


def test_a_proposal_that_asks_for_nothing_says_so(take_in, at_terminal):
    _, shown = at_terminal(take_in(), "n\n")
    assert "• nothing but compute" in shown
    assert "• nothing was noted" in shown
    assert "Made for the request" not in shown


def test_what_a_plugin_says_of_itself_is_shown_as_it_is_written(take_in, at_terminal):
    bundle = take_in(
        summary="[red]Doubles[/red] [link=http://x]numbers",
        tests=r"# WA: \x1b[2J[bold]gone\u202e [/nonsense]",
        provenance={"request": "[/] :smile:"},
    )
    _, shown = at_terminal(bundle, "")
    assert "[red]Doubles[/red] [link=http://x]numbers" in shown
    assert "[/] :smile:" in shown
    assert "\\u001b[2J[bold]gone\\u202e [/nonsense]" in shown


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


def test_the_restricted_engine_is_explained_before_the_decision(
    host, installed, take_in, at_terminal
):
    _, shown = at_terminal(take_in(engine="restricted"), "n\n")
    text = " ".join(shown.replace("│", " ").split())
    for words in (
        "A weaker wall • It asks for the engine `restricted`.",
        "native code, in a process of this computer that is locked up: its author",
        "It is a weaker wall than WebAssembly",
        "Not contained: it shares the processor",
    ):
        assert words in text
    _, shown = at_terminal(take_in(version="2"), "n\n")
    assert "weaker wall" not in shown


# In a process of its own.


def test_at_a_real_terminal_of_sixty_columns_no_line_is_longer(
    home, installed, tmp_path
):
    installed.instead_of_engines()
    summary = "Doubles numbers, however large they may be, and never " + "x" * 80
    folder = write_bundle(tmp_path / "doubler", make_bundle(summary=summary))
    terminal = Terminal("c\ny\n", columns=60)
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.slave)
    environment = {**installed.environment(), "TERM": "xterm"}
    environment.pop("COLUMNS", None)
    process = start(installed, "add", str(folder), **streams, env=environment)
    assert process.wait(timeout=30) == 0

    raw = terminal.shown()
    # A wiped line is gone; what was typed, and ends the question's line, is not in raw.
    lines = ESCAPES.sub("", raw.replace("\x1b[2K", "\n"))
    shown = re.split(r"[\r\n]+|show code: ", lines)
    assert "\x1b[" in raw
    assert max(map(len, shown)) == 60
    assert f"Approved by {PERSON}: `doubler` is active." in shown


def test_output_that_is_piped_has_no_control_characters(home, installed, tmp_path):
    installed.instead_of_engines()
    bundle = make_bundle(tests=r"# WA: \x1b[2J \x9b2J \x07")
    folder = write_bundle(tmp_path / "doubler", bundle)
    process = start(installed, "add", str(folder))
    out, err = process.communicate(timeout=30)

    assert process.returncode == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", (out + err).decode())
    assert "\\u001b[2J \\u009b2J \\u0007" in out.decode()
