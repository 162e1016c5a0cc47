"""A person sees what a plugin is and may do, and only a person lets it run."""

from __future__ import annotations

import os
import re
import sys
from functools import partial

import pytest
from doubles import activate, make_bundle, start, write_bundle
from terminals import ESCAPES, Terminal, decide_at_terminal

from plugwright.approving import FLAG, PERSON, decide
from plugwright.bundles import Bundle
from plugwright.errors import UsageError
from plugwright.host import Host
from plugwright.ledger import Kind
from plugwright.lives import State
from plugwright.quotas import Quota

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
def nobody_there(monkeypatch):
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        yield


@pytest.fixture
def at_terminal(host, monkeypatch):
    return partial(decide_at_terminal, host, monkeypatch)


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
    decided, shown = at_terminal(take_in(), "c\nwhat\ncode\nShow code\ny\n")

    assert decided
    assert shown.count("return 2 * number") == 3
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


def test_what_has_no_tests_cannot_be_approved(host, at_terminal):
    files = {**make_bundle().files}
    del files["tests/test_it.py"]
    bundle = host.lives.unpacked(Bundle(files))
    decided, shown = at_terminal(bundle, "y\n")
    assert not decided
    assert "It has no tests, so it cannot be approved." in shown


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
    assert process.wait(timeout=300) == 0

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
    out, err = process.communicate(timeout=300)

    assert process.returncode == 1
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", (out + err).decode())
    assert "\\u001b[2J \\u009b2J \\u0007" in out.decode()
