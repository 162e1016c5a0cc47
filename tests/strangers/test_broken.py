"""Broken strangers: each is one visible row, and everybody else answers.

Each is installed with pip, listed, met by a command that imports and asks whoever
offers commands, listed again, and uninstalled with pip.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

UPDATE = "update or uninstall `{}`"


class Met(NamedTuple):
    """What is said of a stranger once it was met."""

    distribution: str
    reached: str
    """The last stage that it passed."""
    problem: str
    remedy: str = UPDATE

    def __str__(self) -> str:
        return self.distribution


AT_ONCE = (
    Met(
        "plugwright-sundial",
        "manifest read",
        "it is for hosts with api >=7,<8, but this one has 0.1",
        "upgrade plugwright-core, or install another version of `{}`",
    ),
    Met(
        "plugwright-fossil",
        "manifest read",
        "it is for hosts with api >=0.0.1,<0.1, but this one has 0.1",
        "install another version of `{}`",
    ),
    Met(
        "plugwright-mirage",
        "discovered",
        "its entry point names `plugwright_oasis`, which is not there",
        "update, reinstall or uninstall `{}`",
    ),
    Met("plugwright-scribble", "discovered", "is not TOML"),
    Met(
        "mnemosyne",
        "discovered",
        "`plugwright-memory` and `mnemosyne` both bring a plugin `memory`",
        "uninstall `mnemosyne` or `plugwright-memory`",
    ),
    Met(
        "plugwright-thermostat",
        "allowed",
        "its settings do not fit: 'target' is a required property",
        "correct [plugins.thermostat.settings] in config.toml",
    ),
)
"""Those that are kept out before any of their code runs."""

WHEN_ASKED = (
    Met("plugwright-firecracker", "ready", "its import failed: RuntimeError: bang"),
    Met(
        "plugwright-orphan",
        "ready",
        "its import failed: ModuleNotFoundError: No module named"
        " 'a_library_that_was_removed'",
    ),
    Met(
        "plugwright-quitter",
        "ready",
        "its import failed: SystemExit: I have had enough",
    ),
    Met("plugwright-halfway", "ready", "has no attribute 'plugin'"),
    Met(
        "plugwright-braggart",
        "ready",
        "its plugin.toml and its code do not agree: the code does not answer"
        " `providers`, plugin.toml does not name `tools`",
        "its author has to run `plugwright manifest`",
    ),
    Met("plugwright-grumbler", "ready", "its hook `started` failed: GrumbledError"),
    Met("plugwright-gibberish", "ready", "its hook `commands` failed"),
    Met(
        "plugwright-oldtimer",
        "ready",
        "its answer to `commands` takes `registry`, which is not given there",
    ),
    Met(
        "plugwright-sleeper",
        "ready",
        "its answer to `commands` is an `async def`, but nobody awaits it there",
    ),
    Met("plugwright-typist", "ready", "no hook `comands` (did you mean `commands`?)"),
    Met(
        "plugwright-wrapper",
        "ready",
        "its answer to `commands` is a wrapper around the answers of others",
    ),
)
"""Those whose fault shows when they are imported or asked."""


@pytest.mark.parametrize("met", AT_ONCE, ids=str)
def test_who_cannot_work_here_is_kept_out_with_reason_and_remedy(desk, met):
    desk.install(met.distribution)

    before = desk.row(met.distribution)
    desk.remember()
    after = desk.row(met.distribution)
    desk.recall()

    assert before["stage"] == "failed"
    check(before, met)
    assert after == before
    desk.can_be_managed(after)


@pytest.mark.parametrize("met", WHEN_ASKED, ids=str)
def test_who_fails_when_asked_is_named_afterwards_with_reason_and_remedy(desk, met):
    desk.install(met.distribution)

    before = desk.row(met.distribution)
    desk.remember()
    after = desk.row(met.distribution)
    desk.recall()

    assert (before["stage"], before["problem"]) == ("ready", "")
    check(after, met)
    assert after["version"] == "1.0.0"
    desk.can_be_managed(after)


def check(row: dict, met: Met) -> None:
    """Compare a row of the list with what has to be said."""
    assert row["reached"] == met.reached
    assert met.problem in row["problem"]
    assert met.remedy.format(met.distribution) in row["remedy"]


def test_who_raises_in_every_hook_leaves_the_others_their_answers(desk):
    desk.install("plugwright-grumbler")
    desk.remember()

    found = desk.works("doctor", "--json")
    told = desk.works("--help")
    row = desk.row("plugwright-grumbler")

    assert found["is_well"]
    assert "forge" in told, "another plugin's command is there"
    assert row["failures"] == row["calls"] >= 10
    assert "its hook" in desk.said("grumbler")


def test_nothing_is_validated_past_a_validator_that_raises(desk, bundles):
    """It fails closed, so a person has to say that it goes without."""
    desk.install("plugwright-grumbler")
    folder = str(bundles / "rhyme-finder")

    refused = desk.run("add", folder, "--yes")
    without = desk.run("--without", "grumbler", "add", folder, "--yes")

    assert refused.returncode != 0
    assert "`grumbler`: its hook `validate` failed" in refused.stdout
    assert without.returncode == 0, without.stderr


def test_who_raises_in_configured_gets_no_further(desk):
    desk.install("plugwright-sulker")
    desk.remember()

    desk.works("doctor", "--json")
    row = desk.row("plugwright-sulker")
    desk.recall()

    assert row["calls"] == 0
    assert "its hook `configured` failed: LookupError: I will not" in row["problem"]
    desk.can_be_managed(row)


def test_an_import_that_never_ends_is_ended_and_not_tried_again_by_itself(desk):
    desk.install("plugwright-tarpit")

    desk.remember()
    row = desk.row("plugwright-tarpit")
    desk.recall()

    assert row["stage"] == "quarantined"
    assert row["problem"] == "its import did not end in time"
    assert "`plugwright enable tarpit`" in row["remedy"]
    desk.can_be_managed(row)


def test_who_was_quarantined_may_be_let_in_again(desk):
    desk.install("plugwright-trapdoor")
    for _ in range(2):
        desk.run("run", "memory", "recall")

    quarantined = desk.row("plugwright-trapdoor")["stage"]
    told = desk.works("enable", "trapdoor")

    assert quarantined == "quarantined"
    assert "trapdoor" in told
    assert desk.row("plugwright-trapdoor")["stage"] == "ready"


def test_a_hook_that_never_answers_is_ended_and_the_others_answer(desk):
    desk.install("plugwright-quicksand")

    desk.remember()
    row = desk.row("plugwright-quicksand")
    desk.recall(PLUGWRIGHT_WITHOUT="quicksand")

    assert "its hook `commands` failed" in row["problem"]
    assert "no answer within 10 s" in row["problem"]
    desk.can_be_managed(row)


def test_who_ends_the_whole_process_at_import_does_so_twice_and_no_more(desk):
    desk.install("plugwright-trapdoor")

    ended = [desk.run("run", "memory", "recall").returncode for _ in range(2)]
    row = desk.row("plugwright-trapdoor")
    desk.remember()
    desk.recall()

    assert ended == [86, 86]
    assert row["stage"] == "quarantined"
    assert "the process ended while it was imported" in row["problem"]
    assert "`plugwright-trapdoor`" in row["remedy"]
    desk.can_be_managed(row)


def test_who_ends_the_whole_process_can_be_left_out_and_disabled_before_that(desk):
    desk.install("plugwright-trapdoor")

    desk.works("--without", "trapdoor", "run", "memory", "recall")
    desk.works("why", "trapdoor")
    desk.works("--safe-mode", "ledger", "verify")
    desk.works("disable", "trapdoor")
    desk.remember()

    assert desk.row("plugwright-trapdoor")["stage"] == "disabled"
    assert "plugwright enable trapdoor" in desk.said("trapdoor")


def test_two_strangers_of_one_name_are_told_and_one_of_them_works(desk):
    desk.install("plugwright-dice", "loaded-dice")

    row = desk.row("loaded-dice")

    assert "`plugwright-dice` and `loaded-dice` both bring a plugin" in row["problem"]
    assert "uninstall `loaded-dice` or `plugwright-dice`" in row["remedy"]
    assert desk.works("run", "dice", "roll", "--input", "-", input="{}") in range(1, 7)
    assert desk.row("plugwright-dice")["problem"] == ""


def test_one_memory_offered_twice_is_an_error_that_names_both(desk):
    desk.install("plugwright-copycat")

    told = desk.python("host.memory('sqlite', 'agent:tutor')")
    desk.remember()
    desk.recall()

    assert told.returncode != 0
    assert "copycat" in told.stderr
    assert "memory" in told.stderr


def test_settings_that_do_not_fit_name_the_place_and_never_the_value(desk):
    desk.install("plugwright-thermostat")
    desk.configure("[plugins.thermostat.settings]\ntarget = 451\n")

    row = desk.row("plugwright-thermostat")
    desk.remember()

    assert (row["stage"], row["reached"]) == ("failed", "allowed")
    assert "`target`: expected is maximum: 30" in row["problem"]
    assert "451" not in row["problem"]
    assert row["remedy"] == "correct [plugins.thermostat.settings] in config.toml"


def test_settings_that_were_corrected_bring_it_back(desk):
    desk.install("plugwright-thermostat")
    desk.configure("[plugins.thermostat.settings]\ntarget = 21\n")

    assert desk.works("run", "thermostat", "target") == 21
    assert desk.row("plugwright-thermostat")["problem"] == ""


def test_a_file_of_settings_that_is_no_toml_is_told_with_its_place(desk):
    desk.install("plugwright-dice")
    desk.configure("[plugins.dice.settings\n")

    row = desk.row("plugwright-dice")
    ran = desk.run("run", "dice", "roll")

    assert row["stage"] == "failed"
    assert "config.toml` is not TOML" in row["problem"]
    assert "line 1" in row["problem"]
    assert ran.returncode != 0
    assert "config.toml` is not TOML" in ran.stderr
    assert desk.works("plugins")


def test_a_required_stranger_that_is_broken_stops_everything_in_one_sentence(desk):
    desk.install("plugwright-firecracker")
    desk.configure("[plugins.firecracker]\nrequired = true\n")

    stopped = desk.run("run", "memory", "recall")
    row = desk.row("plugwright-firecracker")

    assert stopped.returncode != 0
    assert "`firecracker` is required, but" in stopped.stderr
    assert "bang" in stopped.stderr
    assert row["required"]
    desk.works("disable", "firecracker")


def test_the_one_that_makes_a_command_fail_is_found(desk):
    desk.install("plugwright-firecracker", "plugwright-dice")
    ask_all = (
        "from plugwright import Host\n"
        "with Host.discover() as host:\n"
        "    host.ask_all()\n"
        "    raise SystemExit(any(row.stage == 'failed' for row in host.plugins))\n"
    )

    told = desk.works("bisect", "--", str(desk.environment.python), "-c", ask_all)

    assert "`firecracker` makes it fail" in told


def test_the_one_that_ends_the_whole_process_is_found(desk):
    desk.install("plugwright-trapdoor", "plugwright-dice")

    told = desk.works("bisect", "--", "plugwright", "run", "memory", "recall")

    assert "`trapdoor` makes it fail" in told


def test_the_doctor_outlives_one_that_ends_the_whole_process(desk):
    desk.install("plugwright-trapdoor")

    found = desk.works("doctor", "--json")["plugins"]

    assert {each["name"]: each["holds"] for each in found}["trapdoor"] is False
    assert desk.row("plugwright-trapdoor")["stage"] == "quarantined"


def test_all_of_them_together_are_listed_each_with_reason_or_state(desk):
    everybody = sorted(name for name in desk.shelf if is_host_plugin(name))
    desk.install(*everybody)

    host = {row["distribution"]: row for row in desk.listed()["host"]}
    shown = " ".join(desk.works("plugins").split())
    kept_out = {
        row["stage"] for row in desk.listed(PLUGWRIGHT_SAFE_MODE="1")["host"]
    } - {"failed"}

    assert {*host} >= {*everybody}
    for met in AT_ONCE:
        check(host[met.distribution], met)
        assert met.problem in shown
    assert kept_out == {"disabled"}
    desk.works("--safe-mode", "ledger", "verify")
    # It asks everybody, so those who let nobody go on are left out.
    fatal = "quicksand,tarpit"
    found = desk.works("doctor", "--json", PLUGWRIGHT_WITHOUT=fatal)["plugins"]
    looked = {each["name"]: each for each in found}
    for met in AT_ONCE:
        if met.distribution != "mnemosyne":  # of two with one name
            assert met.problem in looked[host[met.distribution]["name"]]["detail"]
    names = ",".join(host[name]["name"] for name in everybody)
    desk.works("run", "memory", "recall", PLUGWRIGHT_WITHOUT=_but_memory(names))


def is_host_plugin(name: str) -> bool:
    return "/" not in name and name != "rhyme-finder"


def _but_memory(names: str) -> str:
    return ",".join(name for name in names.split(",") if name != "memory")
