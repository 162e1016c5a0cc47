"""A person can look at a plugin without deciding, and nothing of it runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from doubles import activate, make_bundle

from plugwright.host import Host


@pytest.fixture
def two(home):
    """Version 1 was approved and runs; version 2 waits."""
    with Host(home) as host:
        first = activate(host, make_bundle(provenance={"models": "a, b"}))
        more = make_bundle(version="2", permissions=("clock",), engine="restricted")
        return first, host.lives.unpacked(more, "there")


def test_what_runs_is_shown_with_all_that_its_approval_rests_on(plugwright, two):
    code, out, _ = plugwright("inspect", "doubler")
    assert code == 0
    for line in (
        f"`doubler@{two[0][:12]}`, a sandboxed plugin, version 1",
        "    Doubles numbers",
        "    double: It does double",
        "    nothing but compute",
        "    20 min in an hour, all calls together",
        "    models: a, b",
        "    it holds: all that it rests on is as it was",
        f"    bundle {two[0][:16]}",
        "    this Plugwright's promise to plugins: api 0.1",
    ):
        assert line in out.splitlines()
    assert " by a test\n" in out
    assert "return 2 * number" not in out
    assert "return 2 * number" in plugwright("inspect", "doubler", "--code")[1]


def test_what_waits_is_shown_with_what_it_would_change(plugwright, two):
    _, out, _ = plugwright("inspect", f"doubler@{two[1][:8]}")
    for line in (
        "    from `there`",
        "    It may know the date and the time — it needs it",
        "    It asks for the engine `restricted`.",
        f"    nobody has approved it; `plugwright approve doubler@{two[1][:12]}`",
        "Different from version 1, which runs now",
        "    Permissions: NEW: it may know the date and the time — it needs it",
    ):
        assert line in out.splitlines()


def test_an_approval_that_does_not_hold_is_told_with_what_to_do(plugwright, home, two):
    with closing(sqlite3.connect(home.database)) as connection, connection:
        connection.execute("UPDATE approvals SET by = 'x'")
    _, out, _ = plugwright("inspect", "doubler")
    assert "it does not hold: `doubler` 1 may not run: its approval was changed" in out
    assert "what to do: to look at it and decide: `plugwright approve doubler`" in out
    assert "doubler                  1         active" in plugwright("plugins")[1]


def test_files_that_are_not_as_they_were_are_not_shown(plugwright, home, two):
    (home.bundles / two[0] / "plugin.py").write_text("evil = 1")
    code, out, _ = plugwright("inspect", "doubler", "--code")
    assert code == 0
    assert "`plugin.py` was changed after it was written" in out
    assert "what to do: `plugwright add` the folder" in out
    assert "evil" not in out
    _, out, _ = plugwright("inspect", f"doubler@{two[1][:8]}")
    assert "Unknown: the files of that version are not as they were" in out


def test_a_host_plugin_is_shown_without_importing_it(plugwright, installed):
    installed.package("tutor", "raise SystemExit", hooks=("commands",))
    code, out, _ = plugwright("inspect", "tutor")
    assert code == 0
    assert "`tutor` 1.0, a host plugin of `tutor-distribution`" in out
    assert "    It helps.\n    it answers commands\n    its manifest is `" in out


def test_a_name_that_nobody_has_is_answered_with_the_nearest(refused, two):
    assert refused("inspect", "dubler")[1].endswith("there is no plugin `dubler`")
