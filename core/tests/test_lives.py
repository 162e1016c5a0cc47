"""Nothing runs that no person approved, and a crash changes nothing of that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from plugwright.bundles import Bundle
from plugwright.database import Database
from plugwright.errors import NotLoaded, Rejected, UsageError
from plugwright.evidence import Evidence
from plugwright.judging import Report, TestResult, Verdict
from plugwright.ledger import Ledger
from plugwright.lives import PATIENCE, Lives, State
from plugwright.manifest import Manifest
from plugwright.permissions import Permission
from plugwright.quotas import Quota

PASSED = Report(results=(TestResult(test="test_plan", verdict=Verdict.AC),))
FAILED = Report(results=(TestResult(test="test_plan", verdict=Verdict.WA),))


def make(version: str = "1", name: str = "planner") -> Bundle:
    about = Manifest(
        name=name,
        version=version,
        api=">=0.1,<0.2",
        summary="Plans",
        permissions=(Permission("storage"),),
        reasons={Permission("storage"): "keeps the plan"},
        quota=Quota(fuel=1000),
    )
    return Bundle({"plugin.toml": about.dumps().encode(), "plugin.py": b""})


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


def proposed(lives: Lives, version: str = "1") -> str:
    bundle = lives.forged(make(version))
    lives.judged(bundle, PASSED)
    lives.propose(bundle)
    return bundle


def activated(lives: Lives, version: str = "1") -> str:
    bundle = proposed(lives, version)
    lives.approve(bundle, by="person at terminal")
    lives.activate(bundle)
    return bundle


def forget_signatures(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("UPDATE approvals SET signature = ''")


def told(database: Database) -> list[str]:
    return [row.kind for row in reversed(Ledger(database).rows())]


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
    lives.disable("planner")
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


def test_rolling_back_goes_further_back_each_time(lives, database):
    one, two, three = (activated(lives, version) for version in "123")
    assert lives.rollback("planner") == two
    assert lives.active("planner").bundle.id == two
    assert lives.life(three).state is State.REPLACED
    assert lives.rollback("planner") == one
    assert told(database)[-2:] == ["replaced", "rolled_back"]
    with pytest.raises(UsageError, match="no earlier approved version"):
        lives.rollback("planner")
    assert lives.active("planner").bundle.id == one


def test_rolling_back_helps_after_a_quarantine(lives):
    one, two = activated(lives, "1"), activated(lives, "2")
    for _ in range(PATIENCE):
        lives.record_stop("planner", "fuel")
    proposed(lives, "3")
    assert lives.rollback("planner") == one
    assert lives.life(two).state is State.QUARANTINED
    lives.activate(two)
    assert lives.rollback("planner") == one


def test_rolling_back_passes_over_what_is_not_as_it_was_approved(lives, root):
    one, two, _ = (activated(lives, version) for version in "123")
    (root / two / "plugin.py").write_bytes(b"evil")
    assert lives.rollback("planner") == one


def test_there_is_nothing_to_go_back_to_at_first(lives):
    proposed(lives)
    with pytest.raises(UsageError, match="no earlier approved version"):
        lives.rollback("planner")


def test_three_stops_in_a_row_are_too_many(lives, database):
    bundle = activated(lives)
    for _ in range(PATIENCE - 1):
        assert not lives.record_stop("planner", "memory")
    lives.record_success("planner")
    lives.record_success("planner")
    assert lives.life(bundle).stops == 0
    results = [lives.record_stop("planner", "fuel") for _ in range(PATIENCE + 1)]
    assert results == [False, False, True, False]
    with pytest.raises(
        UsageError, match=r"quarantined \(broke its quota 3 times in a row, `fuel`"
    ):
        lives.active("planner")
    assert told(database)[-3:] == ["stopped", "quarantined", "stopped"]
    lives.activate(bundle)
    assert lives.life(bundle).stops == 0


# Revoked.


def test_what_is_revoked_runs_no_more_until_a_person_decides_anew(lives, database):
    bundle = activated(lives)
    assert lives.active("planner").bundle.id == bundle
    revoked = lives.revoke("planner", by="a person")

    assert [life.state for life in revoked] == [State.ACTIVE]
    assert lives.approval(bundle) is None
    with pytest.raises(
        UsageError, match=r"is disabled \(revoked by a person\)"
    ) as told_:
        lives.active("planner")
    assert told_.value.remedy == "to run it: `plugwright approve planner`"
    with pytest.raises(UsageError, match="may not run: nobody approved it") as told_:
        lives.activate(bundle)
    assert "`plugwright approve planner`" in told_.value.remedy
    assert told(database)[-1] == "revoked"
    lives.approve(bundle, by="a person")
    lives.activate(bundle)
    assert lives.active("planner").bundle.id == bundle


def test_revoking_a_plugin_takes_back_its_older_versions_too(lives):
    one, two = activated(lives, "1"), activated(lives, "2")
    proposed(lives, "3")
    assert {life.bundle for life in lives.revoke("planner", by="x")} == {one, two}
    with pytest.raises(UsageError, match="no earlier approved version"):
        lives.rollback("planner")


def test_one_bundle_can_be_revoked_and_the_one_before_can_run_again(lives):
    one, two = activated(lives, "1"), activated(lives, "2")
    [revoked] = lives.revoke("planner", by="x", id=two[:8])
    assert revoked.bundle == two
    assert lives.rollback("planner") == one


def test_what_is_active_without_an_approval_is_stopped_by_revoking_too(lives, database):
    bundle = activated(lives)
    with database.transaction() as connection:
        connection.execute("DELETE FROM approvals")
    [revoked] = lives.revoke("planner", by="x")
    assert revoked.bundle == bundle
    assert lives.running() == []


def test_what_is_not_approved_cannot_be_revoked(lives, database):
    proposed(lives)
    before = told(database)
    with pytest.raises(UsageError, match="nothing of `planner` is approved"):
        lives.revoke("planner", by="x")
    with pytest.raises(UsageError, match="there is no plugin `planer`"):
        lives.revoke("planer", by="x")
    assert told(database) == before


# What is replaced.


def test_what_runs_is_what_another_would_replace_or_else_what_was_approved_last(lives):
    one = activated(lives, "1")
    two, three = proposed(lives, "2"), proposed(lives, "3")
    assert lives.predecessor(lives.life(one)) is None
    assert lives.predecessor(lives.life(two)).bundle == one

    lives.disable("planner")
    assert lives.predecessor(lives.life(three)).bundle == one
    lives.approve(two, by="x")
    assert lives.predecessor(lives.life(three)).bundle == two
    assert lives.predecessor(lives.life(two)).bundle == one
    lives.revoke("planner", by="x")
    assert lives.predecessor(lives.life(three)).bundle == two


def test_the_first_of_its_name_replaces_nothing(lives):
    assert lives.predecessor(lives.life(proposed(lives))) is None


def test_an_approval_names_what_ran_until_then(lives):
    one, two = activated(lives, "1"), proposed(lives, "2")
    approval = lives.approve(two, by="x")
    assert Evidence.parse(approval.evidence).parent == one
    lives.activate(two)
    assert lives.active("planner").bundle.id == two


def test_the_report_is_known_by_its_digest(lives):
    digests = set()
    for report in (PASSED, FAILED, replace(PASSED, denied=("log",))):
        bundle = lives.forged(make())
        lives.judged(bundle, report)
        digests.add(lives.life(bundle).report)
    assert len(digests) == 3
