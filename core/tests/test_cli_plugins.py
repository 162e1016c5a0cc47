"""The list of plugins says what is there, in what state, and what it used."""

from __future__ import annotations

import json
import time

import pytest
from doubles import activate, make_bundle

from plugwright.host import Host
from plugwright.quotas import Usage
from plugwright.usage import HOUR


def test_on_an_empty_home_the_lists_are_short_and_nothing_is_made(plugwright, home):
    code, out, _ = plugwright("plugins")
    assert code == 0
    assert "sandbox                  1.0       loaded" in out
    assert "none yet; `plugwright demo` makes one" in out
    assert plugwright("ledger") == (0, "", "")
    assert plugwright("ledger", "verify")[1] == "The ledger is whole: 0 rows.\n"
    assert not home.folder.exists()


def test_a_broken_host_plugin_is_listed_with_its_remedy(plugwright, installed):
    installed.plugin("torn", "raise RuntimeError('torn')")
    code, out, _ = plugwright("plugins")
    assert code == 0
    assert (
        "  torn                     1.0       broken\n"
        "    RuntimeError: torn\n"
        "    what to do: update or uninstall `torn-distribution`\n"
    ) in out


def test_the_list_says_what_every_plugin_is_waiting_for(plugwright, home, installed):
    with Host(home) as host:
        activate(host, make_bundle())
        activate(host, make_bundle(version="2"))
        host.lives.disable("doubler")
    installed.bundle(make_bundle(name="ready"))

    _, out, _ = plugwright("plugins")
    assert "  doubler                  1         replaced\n" in out
    assert (
        "  doubler                  2         disabled\n"
        "    a person disabled it; to run it again: `plugwright enable doubler`\n"
    ) in out
    assert (
        "  ready                    1         installed, not approved\n"
        "    to look at it and decide: `plugwright approve ready`\n"
    ) in out
    assert "none yet" not in out


def test_the_list_can_be_read_by_programs(plugwright, chatty, installed):
    installed.plugin("torn", "raise RuntimeError('torn')")
    code, out, _ = plugwright("plugins", "--json")
    told = json.loads(out)

    assert code == 0
    problems = {plugin["name"]: plugin["problem"] for plugin in told["host"]}
    assert problems["torn"] == "RuntimeError: torn"
    assert problems["sandbox"] == ""
    [life] = told["sandboxed"]
    assert (life["plugin"], life["state"]) == ("chatty", "active")
    assert life["remedy"] == "to stop it: `plugwright disable chatty`"


# What they used.


@pytest.fixture
def used(chatty, home):
    """Somebody called a plugin a few times."""
    with Host(home) as host:
        book = host.runner.meter.book
        usage = Usage(
            fuel=123_456_789, seconds=0.5, memory=33 << 20, sent=1000, received=2000
        )
        book.record("chatty", usage, time.time(), loading=True)
        book.record("chatty", usage, time.time() - 72 * HOUR, stopped=True)


def test_nothing_used_is_said_in_one_line(plugwright):
    assert plugwright("plugins", "--usage") == (
        0,
        "No plugin has used anything yet.\n",
        "",
    )


def test_what_a_plugin_used_is_a_table_that_fits_a_narrow_screen(plugwright, used):
    code, out, err = plugwright("plugins", "--usage")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "chatty: keeps 0 bytes in 0 entries"
    assert [line.split() for line in lines[1:]] == [
        ["this", "hour", "today", "ever"],
        ["calls", "0", "0", "1"],
        ["loads", "1", "1", "1"],
        ["stops", "0", "0", "1"],
        ["fuel", "123.5", "M", "123.5", "M", "246.9", "M"],
        ["time", "500", "ms", "500", "ms", "1", "s"],
        ["most", "memory", "33", "MB", "33", "MB", "33", "MB"],
        ["sent", "1000", "bytes", "1000", "bytes", "1.95", "KB"],
        ["received", "1.95", "KB", "1.95", "KB", "3.91", "KB"],
    ]
    assert {len(line) for line in lines[1:]} == {55}


def test_a_real_call_is_in_the_table(plugwright, chatty):
    plugwright("run", "chatty", "nothing")
    _, out, _ = plugwright("plugins", "--usage")
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines()}
    assert rows["calls"] == rows["loads"] == ["1", "1", "1"]
    assert "stops" not in rows


def test_programs_get_the_usage_with_the_list(plugwright, used):
    for words in (["--json"], ["--usage", "--json"]):
        told = json.loads(plugwright("plugins", *words)[1])
        usage = told["usage"]["chatty"]
        assert usage["ever"]["fuel"] == 2 * 123_456_789
        assert usage["hour"]["loads"] == usage["ever"]["calls"] == 1
        assert usage["bytes"] == usage["keys"] == 0
