"""Nothing runs that no person approved, and a crash changes nothing of that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from planners import FAILED, PASSED, activated, make, proposed, told

from plugwright.bundles import Bundle
from plugwright.database import Database
from plugwright.errors import NotLoaded, Rejected, UsageError
from plugwright.evidence import Evidence
from plugwright.ledger import Ledger
from plugwright.lives import PATIENCE, Lives, State
from plugwright.permissions import Permission
from plugwright.quotas import Quota


@pytest.fixture
def database(tmp_path: Path):
    database = Database(tmp_path / "plugwright.db")
    yield database
    database.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "bundles"


@pytest.fixture
def lives(database: Database, root: Path) -> Lives:
    return Lives(database, root)


def forget_signatures(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("UPDATE approvals SET signature = ''")


def test_a_plugin_goes_from_the_forge_to_running_and_every_step_is_told(
    lives, database
):
    bundle = activated(lives)
    assert lives.active("planner") == (
        make(),
        (Permission("storage"),),
        Quota(fuel=1000),
        0,
    )
    assert told(database) == ["forged", "judged", "proposed", "approved", "active"]
    assert {row.bundle for row in Ledger(database).rows()} == {bundle}
    assert Ledger(database).verify() is None


def test_the_approval_says_what_who_and_on_what_evidence(lives, database):
    bundle = proposed(lives)
    approval = lives.approve(bundle, by="--yes flag")
    assert lives.approval(bundle) == approval
    evidence = Evidence.parse(approval.evidence)
    assert evidence == Evidence.of(make(), lives.life(bundle).report)
    assert evidence.bundle == bundle
    assert evidence.permissions == '["storage"]'
    assert '"fuel":1000' in evidence.quota
    assert evidence.report != ""
    assert approval.by == "--yes flag"
    assert Ledger(database).rows(limit=1)[0].facts() == approval._asdict()
    assert lives.approval("other") is None


def test_what_is_taken_in_twice_stays_where_it_is(lives, database):
    bundle = activated(lives)
    before = told(database)
    assert lives.forged(make()) == lives.unpacked(make()) == bundle
    assert lives.discovered(make()) == bundle
    assert lives.life(bundle).state is State.ACTIVE
    assert told(database) == before


def test_what_pip_brought_waits_for_a_person(lives):
    bundle = lives.discovered(make())
    assert lives.life(bundle).state is State.PROPOSED
    with pytest.raises(UsageError, match="is proposed and cannot be run"):
        lives.active("planner")
    lives.approve(bundle, by="person at terminal")
    lives.activate(bundle)
    assert lives.active("planner").bundle == make()


def test_what_failed_its_tests_is_not_proposed_until_it_passes(lives):
    bundle = lives.unpacked(make())
    lives.judged(bundle, FAILED)
    assert lives.life(bundle).remedy == "its tests failed: mend it and add it again"
    with pytest.raises(UsageError, match="did not pass its tests"):
        lives.propose(bundle)
    lives.judged(bundle, PASSED)
    lives.propose(bundle)
    assert lives.life(bundle).state is State.PROPOSED


def into(lives: Lives, state: State) -> str:
    """Bring version 1 into a state."""
    if state is State.FORGED:
        return lives.forged(make())
    if state is State.UNPACKED:
        return lives.unpacked(make())
    if state is State.JUDGED:
        bundle = lives.forged(make())
        lives.judged(bundle, PASSED)
        return bundle
    if state is State.PROPOSED:
        return proposed(lives)
    if state is State.APPROVED:
        bundle = proposed(lives)
        lives.approve(bundle, by="person at terminal")
        return bundle
    bundle = activated(lives)
    if state is State.DISABLED:
        lives.disable("planner")
    if state is State.QUARANTINED:
        for _ in range(PATIENCE):
            lives.record_stop("planner", "fuel")
    if state is State.REPLACED:
        activated(lives, "2")
    return bundle


ARROWS = {
    "judged": (
        lambda lives, bundle: lives.judged(bundle, PASSED),
        {State.FORGED, State.UNPACKED, State.JUDGED, State.PROPOSED},
    ),
    "proposed": (lambda lives, bundle: lives.propose(bundle), {State.JUDGED}),
    "approved": (
        lambda lives, bundle: lives.approve(bundle, by="person at terminal"),
        {
            State.PROPOSED,
            State.APPROVED,
            State.DISABLED,
            State.QUARANTINED,
            State.REPLACED,
        },
    ),
    "refused": (
        lambda lives, bundle: lives.refuse(bundle, by="person at terminal"),
        {State.PROPOSED},
    ),
    "activated": (
        lambda lives, bundle: lives.activate(bundle),
        {State.APPROVED, State.DISABLED, State.QUARANTINED, State.REPLACED},
    ),
    "disabled": (
        # By name: what replaced it is what gets disabled.
        lambda lives, bundle: lives.disable("planner"),
        {State.ACTIVE, State.REPLACED},
    ),
    "run": (
        lambda lives, bundle: lives.active("planner"),
        {State.ACTIVE, State.REPLACED},
    ),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("done", ARROWS)
def test_an_arrow_starts_where_it_may_and_nowhere_else(lives, database, state, done):
    act, allowed = ARROWS[done]
    bundle = into(lives, state)
    before = (lives.list(), told(database))
    if state in allowed:
        act(lives, bundle)
        return
    with pytest.raises(UsageError) as error:
        act(lives, bundle)
    assert f"`planner` 1 is {state}" in error.value.message
    assert error.value.message.endswith(f"and cannot be {done}")
    assert error.value.remedy
    assert (lives.list(), told(database)) == before


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (State.PROPOSED, "plugwright approve planner"),
        (State.APPROVED, "plugwright enable planner"),
        (State.DISABLED, "plugwright enable planner"),
        (State.QUARANTINED, "plugwright rollback planner"),
    ],
)
def test_what_does_not_run_names_the_command_that_helps(lives, state, command):
    into(lives, state)
    with pytest.raises(UsageError) as error:
        lives.active("planner")
    assert f"`{command}`" in error.value.remedy


def test_a_plugin_nobody_knows_is_answered_with_the_nearest_name(lives):
    with pytest.raises(UsageError, match="none is installed yet"):
        lives.active("planner")
    lives.forged(make())
    with pytest.raises(UsageError, match="did you mean `planner`"):
        lives.active("planer")
    with pytest.raises(UsageError, match="there is no bundle"):
        lives.life("none")


def test_a_refused_plugin_can_still_be_approved_later(lives, database):
    bundle = proposed(lives)
    lives.refuse(bundle, by="person at terminal")
    assert lives.life(bundle).why == "refused by person at terminal"
    assert lives.life(bundle).remedy == "to run it: `plugwright approve planner`"
    with pytest.raises(UsageError, match="may not run: nobody approved it"):
        lives.activate(bundle)
    lives.approve(bundle, by="person at terminal")
    lives.activate(bundle)
    assert told(database)[-3:] == ["refused", "approved", "active"]


def test_what_is_active_and_lost_its_approval_can_be_approved_anew(lives, database):
    bundle = activated(lives)
    forget_signatures(database)
    with pytest.raises(UsageError, match="`planner` 1 may not run") as error:
        lives.active("planner")
    assert "`plugwright approve planner`" in error.value.remedy
    lives.approve(bundle, by="person at terminal")
    lives.activate(bundle)
    assert lives.active("planner").bundle == make()


def test_another_engine_needs_another_approval(lives, root):
    text = make().files["plugin.toml"].decode().replace('"wasm"', '"restricted"')
    native = Bundle({"plugin.toml": text.encode(), "plugin.py": b""})
    bundle = activated(lives)
    other = lives.unpacked(native)

    assert native.manifest.version == make().manifest.version
    assert other != bundle
    assert lives.approval(other) is None
    with pytest.raises(UsageError, match="cannot be activated"):
        lives.activate(other)
    assert lives.active("planner").bundle.manifest.engine == "wasm"
    # The folder of what was approved cannot be made to say something else.
    (root / bundle / "plugin.toml").write_text(text)
    lives.disable("planner")
    with pytest.raises(NotLoaded, match="was changed"):
        lives.activate(bundle)


def test_what_the_forge_made_runs_in_no_weaker_engine(lives):
    text = make().files["plugin.toml"].decode().replace('"wasm"', '"restricted"')
    native = Bundle({"plugin.toml": text.encode(), "plugin.py": b""})
    with pytest.raises(
        Rejected, match="what a model wrote runs in `wasm` only"
    ) as told:
        lives.forged(native)
    line = text.splitlines().index('engine = "restricted"') + 1
    assert (told.value.rule, told.value.file, told.value.line) == (
        "engine",
        "plugin.toml",
        line,
    )
    assert lives.list() == ()


def test_changed_files_do_not_run(lives, root):
    bundle = activated(lives)
    (root / bundle / "plugin.py").write_bytes(b"evil")
    with pytest.raises(NotLoaded, match="was changed"):
        lives.active("planner")
    with pytest.raises(NotLoaded, match="was changed"):
        lives.activate(bundle)
    with pytest.raises(NotLoaded, match="was changed"):
        lives.approve(bundle, by="person at terminal")


def test_files_that_change_while_it_runs_change_nothing(lives, root):
    bundle = activated(lives)
    assert lives.active("planner").bundle == make()
    (root / bundle / "plugin.py").write_bytes(b"evil")
    assert lives.active("planner").bundle == make()


def test_what_lost_its_approval_can_be_judged_and_approved_again(lives, database):
    bundle = activated(lives)
    forget_signatures(database)
    lives.judged(bundle, PASSED)
    lives.propose(bundle)
    lives.approve(bundle, by="person at terminal")
    lives.activate(bundle)
    assert [life.bundle for life in lives.running()] == [bundle]


def test_only_one_version_runs(lives):
    one, two = activated(lives, "1"), activated(lives, "2")
    assert lives.active("planner").bundle.id == two
    assert lives.life(one).state is State.REPLACED
    assert {life.version: life.state for life in lives.list()} == {
        "1": State.REPLACED,
        "2": State.ACTIVE,
    }


def test_a_newer_proposal_does_not_stop_what_runs(lives):
    one = activated(lives, "1")
    proposed(lives, "2")
    assert lives.active("planner").bundle.id == one
    assert lives.current("planner").bundle == one


def test_the_list_has_every_plugin_by_name(lives):
    lives.forged(make(name="zoo"))
    lives.forged(make(name="ant"))
    assert [life.plugin for life in lives.list()] == ["ant", "zoo"]


def test_the_report_is_known_by_its_digest(lives):
    digests = set()
    for report in (PASSED, FAILED, replace(PASSED, denied=("log",))):
        bundle = lives.forged(make())
        lives.judged(bundle, report)
        digests.add(lives.life(bundle).report)
    assert len(digests) == 3
