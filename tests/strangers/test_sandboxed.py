"""Sandboxed strangers: wheels that hold a bundle, and no code that pip or we import."""

from __future__ import annotations

import json
from typing import Any


def states(desk) -> dict[tuple[str, str], str]:
    return {
        (row["plugin"], row["version"]): row["state"]
        for row in desk.listed()["sandboxed"]
    }


def test_a_good_sandboxed_stranger_waits_for_a_person_and_then_works(desk):
    desk.install("rhyme-finder")

    waiting = desk.listed()["waiting"]
    too_early = desk.run("run", "rhyme-finder", "rhymes")
    desk.works("approve", "rhyme-finder", "--yes")
    rhymes = call(desk, "rhyme-finder", "rhymes", word="night", text="a light night")

    assert waiting == [{"name": "rhyme-finder", "version": "1.0.0"}]
    assert too_early.returncode != 0
    assert "plugwright approve rhyme-finder" in too_early.stderr
    assert rhymes == ["light"]
    assert states(desk) == {("rhyme-finder", "1.0.0"): "active"}
    assert desk.works("ledger", "verify")


def test_what_was_approved_runs_on_when_its_distribution_is_gone(desk):
    desk.install("rhyme-finder")
    desk.works("approve", "rhyme-finder", "--yes")

    desk.clear()

    assert call(desk, "rhyme-finder", "rhymes", word="night", text="light") == ["light"]


def test_a_version_that_asks_for_more_waits_and_the_old_one_goes_on(desk):
    desk.install("pocket-diary/1.0.0")
    desk.works("approve", "pocket-diary", "--yes")
    first = call(desk, "pocket-diary", "note", text="first")

    desk.install("pocket-diary/2.0.0")
    listed = desk.listed()
    second = call(desk, "pocket-diary", "note", text="second")
    after = states(desk)
    shown = desk.run("approve", "pocket-diary")
    third = call(desk, "pocket-diary", "note", text="third")

    assert listed["waiting"] == [{"name": "pocket-diary", "version": "2.0.0"}]
    assert (first, second, third) == (1, 2, 3)
    assert after[("pocket-diary", "1.0.0")] == "active"
    assert after[("pocket-diary", "2.0.0")] in ("unpacked", "judged", "proposed")
    # Nobody sits at a terminal, and nobody is no yes.
    assert shown.returncode != 0
    screen = " ".join((shown.stdout + shown.stderr).split())
    assert "diary.example.org" in screen
    assert "~/letters" in screen
    assert states(desk)[("pocket-diary", "2.0.0")] == "proposed"
    row = next(r for r in desk.listed()["sandboxed"] if r["version"] == "2.0.0")
    assert "plugwright approve pocket-diary" in row["remedy"]


def test_who_says_yes_to_more_gets_the_new_one_and_can_go_back(desk):
    for version in ("1.0.0", "2.0.0"):
        desk.install(f"pocket-diary/{version}")
        desk.works("approve", "pocket-diary", "--yes")
    upgraded = states(desk)

    desk.works("rollback", "pocket-diary")

    assert upgraded[("pocket-diary", "2.0.0")] == "active"
    assert states(desk)[("pocket-diary", "1.0.0")] == "active"
    assert call(desk, "pocket-diary", "note", text="first") == 1


def test_files_that_were_changed_after_pip_installed_them_are_refused(desk):
    desk.install("rhyme-finder")
    (plugin,) = desk.environment.folder.rglob("rhyme_finder-*/bundle/plugin.py")
    plugin.write_text(plugin.read_text("utf-8") + "\n# and more\n", "utf-8")

    row = desk.row("rhyme-finder")
    refused = desk.run("approve", "rhyme-finder", "--yes")
    desk.remember()

    assert "`plugin.py` was changed after it was installed" in row["problem"]
    assert row["remedy"] == "install it again"
    assert refused.returncode != 0


def call(desk, plugin: str, command: str, **arguments: str) -> Any:
    """Call a command with named arguments."""
    given = json.dumps(arguments)
    return desk.works("run", plugin, command, "--input", "-", input=given)
