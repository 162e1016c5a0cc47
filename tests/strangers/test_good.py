"""Good strangers: installed with pip, they work, and leave nothing when they go."""

from __future__ import annotations

import json


def test_a_good_host_plugin_works_from_pip_install_to_pip_uninstall(desk):
    desk.install("plugwright-dice")
    desk.configure('[plugins.dice.settings]\nseed = 3\nkey = "env:CUPBOARD_KEY"\n')

    before = desk.row("plugwright-dice")
    rolled = desk.works("run", "dice", "roll", "--input", "-", input='{"sides": 20}')
    opened = desk.works("run", "dice", "cupboard", CUPBOARD_KEY="sesame")
    after = desk.row("plugwright-dice")
    desk.clear()

    assert (before["stage"], before["problem"]) == ("ready", "")
    assert before["hooks"] == ["commands", "configured", "tools", "validate"]
    assert rolled in range(1, 21)
    assert opened is True
    assert (after["problem"], after["failures"]) == ("", 0)
    assert after["calls"] >= 2
    assert after["import_ms"] > 0
    # The settings are there still, and that is told, too.
    (left,) = [row for row in desk.listed()["host"] if row["name"] == "dice"]
    assert "delete [plugins.dice]" in left["remedy"]
    assert desk.run("run", "dice", "roll").returncode != 0


def test_a_secret_that_is_not_there_is_told_and_one_that_is_there_is_never(desk):
    desk.install("plugwright-dice")
    desk.configure('[plugins.dice.settings]\nkey = "env:CUPBOARD_KEY"\n')

    missing = desk.run("run", "dice", "cupboard")
    there = desk.run("run", "dice", "cupboard", CUPBOARD_KEY="open sesame")

    assert missing.returncode != 0
    assert "`CUPBOARD_KEY`" in missing.stderr
    assert there.returncode == 0
    assert "open sesame" not in there.stdout + there.stderr


def test_a_secret_that_was_written_down_is_refused_and_not_shown(desk):
    desk.install("plugwright-dice")
    desk.configure('[plugins.dice.settings]\nkey = "open sesame"\n')

    shown = desk.works("plugins")

    assert "its settings do not fit" in shown
    assert "open sesame" not in shown
    assert "open sesame" not in json.dumps(desk.listed())


def test_an_async_validator_of_a_stranger_is_asked(desk):
    desk.install("plugwright-dice")

    told = desk.python(
        "import asyncio\n"
        "from plugwright.validation import Subject\n"
        "text = Subject(kind='text', name='a page', data='where to buy loaded dice')\n"
        "found = asyncio.run(host.hooks.validate(subject=text))\n"
        "print([finding.what for finding in found])\n"
    )

    assert told.returncode == 0, told.stderr
    assert "it tells how to cheat" in told.stdout


def test_a_plugin_without_a_manifest_works_and_is_imported_only_to_be_asked(desk):
    desk.install("plugwright-plain")

    before = desk.row("plugwright-plain")
    said = desk.works("run", "plain", "say")
    after = desk.row("plugwright-plain")

    assert (before["hooks"], before["manifest"]) == ([], "")
    assert said == "plain"
    assert after["hooks"] == ["commands"]


def test_who_takes_long_to_import_is_imported_only_by_who_wants_it(desk):
    desk.install("plugwright-elephant")

    desk.remember()
    unasked = desk.row("plugwright-elephant")
    told = desk.python("print(host.provider('elephant:').name)")
    asked = desk.row("plugwright-elephant")

    assert (unasked["import_ms"], unasked["calls"]) == (0, 0)
    assert told.stdout == "elephant\n", told.stderr
    assert asked["import_ms"] >= 500
    assert asked["calls"] >= 1


def test_what_is_disabled_stays_so_after_an_upgrade_of_the_host(desk, parts):
    """Plugins of other hosts vanish, or come back, when the host is upgraded."""
    desk.install("plugwright-dice")
    desk.works("disable", "dice")

    (core,) = parts.glob("plugwright_core-*.whl")
    desk.environment.install_again(core)
    row = desk.row("plugwright-dice")

    assert row["stage"] == "disabled"
    assert "dice" in desk.works("enable", "dice")
    assert desk.works("run", "dice", "roll", "--input", "-", input="{}") in range(1, 7)


def test_what_vanished_is_told_by_the_lock_file(desk):
    desk.install("plugwright-dice", "plugwright-plain")
    desk.works("lock")

    desk.clear()
    told = desk.run("sync", "--dry-run")

    assert told.returncode == 1
    assert "plugwright-dice==1.0.0" in told.stdout + told.stderr
    assert "plugwright-plain==1.0.0" in told.stdout + told.stderr
