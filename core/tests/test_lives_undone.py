"""What runs can be gone back from, taken back and quarantined, and lists show it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from planners import PASSED, activated, make, proposed, told

from plugwright import ledger
from plugwright.database import MIGRATIONS, Database
from plugwright.errors import NotLoaded, UsageError
from plugwright.evidence import Evidence
from plugwright.lives import PATIENCE, Lives, State


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


# Quarantined.


def test_what_is_not_as_it_was_approved_is_quarantined_where_it_is_found(
    lives, database
):
    bundle = activated(lives)
    with database.transaction() as connection:
        connection.execute("UPDATE approvals SET by = 'somebody'")
    with pytest.raises(UsageError, match="changed after it was signed"):
        lives.active("planner")
    life = lives.life(bundle)
    assert life.state is State.QUARANTINED
    assert life.why == (
        "its approval holds no longer: its approval was changed after it was signed"
    )
    assert life.remedy == "to run it: `plugwright approve planner`"
    assert life.wants_decision
    assert told(database)[-1] == "quarantined"
    lives.judged(bundle, PASSED)
    lives.propose(bundle)
    lives.approve(bundle, by="x")
    lives.activate(bundle)
    assert lives.active("planner").bundle.id == bundle


def test_what_is_quarantined_though_it_holds_again_can_be_judged_anew(lives, database):
    bundle = activated(lives)
    by = lives.approval(bundle).by
    for name in ("somebody", by):
        with database.transaction() as connection:
            connection.execute("UPDATE approvals SET by = ?", (name,))
        with pytest.raises(UsageError, match=r"may not run|is quarantined"):
            lives.active("planner")
    assert lives.may_run(lives.life(bundle))
    lives.judged(bundle, PASSED)
    assert lives.life(bundle).state is State.JUDGED


def test_files_that_changed_are_quarantined_with_the_way_to_have_them_again(
    lives, root, database
):
    bundle = activated(lives)
    (root / bundle / "plugin.py").write_bytes(b"evil")
    assert lives.obstacle(lives.life(bundle)) is not None
    assert lives.life(bundle).state is State.ACTIVE  # a look changes nothing
    with pytest.raises(NotLoaded, match="was changed"):
        lives.active("planner")
    life = lives.life(bundle)
    assert life.lost_files
    assert life.why.startswith("its files are not as they were: ")
    assert life.why.count("planner") == 0
    assert life.remedy == (
        "`plugwright add` the folder that it came from, or `plugwright rollback"
        " planner`"
    )
    assert told(database)[-1] == "quarantined"


def test_where_nothing_can_be_written_what_changed_is_refused_all_the_same(
    tmp_path, root, lives, database
):
    bundle = activated(lives)
    (root / bundle / "plugin.py").write_bytes(b"evil")
    with database.transaction() as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON ledger"
            " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    with pytest.raises(NotLoaded, match="was changed"):
        lives.active("planner")
    assert lives.life(bundle).state is State.ACTIVE


def test_what_another_process_mended_meanwhile_is_not_quarantined(
    lives, root, database
):
    bundle = activated(lives)
    (root / bundle / "plugin.py").write_bytes(b"evil")
    real = lives.proven

    def mended_meanwhile(name):
        try:
            return real(name)
        finally:
            make().write(root)

    lives.proven = mended_meanwhile
    with pytest.raises(NotLoaded, match="was changed"):
        lives.active("planner")
    assert lives.life(bundle).state is State.ACTIVE


def test_where_a_bundle_comes_from_is_not_guessed_once_its_files_changed(lives, root):
    bundle = lives.unpacked(make(), "there")
    assert lives.origin(lives.life(bundle)) == "from `there`"
    (root / bundle / "plugin.py").write_bytes(b"evil")
    assert lives.origin(lives.life(bundle)) == ""
    assert lives.knows("planner")
    assert not lives.knows("planer")


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


# In order.


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes back an hour whenever somebody looks at it."""
    hours = iter(range(23, -1, -1))
    monkeypatch.setattr(
        ledger.Ledger.__init__,
        "__kwdefaults__",
        {"now": lambda: f"2026-01-01T{next(hours):02}:00:00.000+00:00"},
    )


def test_a_clock_that_goes_back_changes_no_order(clock, database, root):
    lives = Lives(database, root)
    one, two = lives.unpacked(make("1")), lives.unpacked(make("2"))
    assert lives.current("planner").bundle == two
    lives.judged(one, PASSED)
    assert lives.current("planner").bundle == one
    assert [life.bundle for life in lives.list()] == [one, two]
    lives.propose(one)
    lives.approve(one, by="x")
    lives.activate(one)
    lives.judged(two, PASSED)
    lives.propose(two)
    lives.approve(two, by="x")
    lives.activate(two)
    since = {life.version: life.since for life in lives.list()}
    assert since["2"] < since["1"]
    assert lives.rollback("planner") == one
    lives.disable("planner")
    assert lives.predecessor(lives.life(one)).bundle == two


def test_lives_of_an_older_file_are_in_the_order_of_its_ledger(tmp_path):
    path = tmp_path / "plugwright.db"
    with closing(sqlite3.connect(path)) as older, older:
        for statement in "\n\n".join(MIGRATIONS[:4]).split("\n\n"):
            older.execute(statement)
        rows = [("b", "active"), ("a", "active"), ("b", "disabled"), ("a", "stopped")]
        for seq, (bundle, kind) in enumerate(rows, 1):
            older.execute(
                "INSERT INTO ledger VALUES (?, '', ?, 'planner', ?, '', '', '')",
                (seq, kind, bundle),
            )
        for bundle in "ab":
            older.execute(
                "INSERT INTO lives (bundle, plugin, version, state, since)"
                " VALUES (?, 'planner', '1', 'disabled', '')",
                bundle,
            )
        older.execute("PRAGMA user_version = 4")
    with closing(Database(path)) as database:
        lives = Lives(database, tmp_path)
        assert [(life.bundle, life.moved) for life in lives.list()] == [
            ("b", 3),
            ("a", 2),
        ]


def test_a_state_that_nothing_can_be_in_is_told_and_mended_by_a_person(lives, database):
    bundle, other = activated(lives), lives.unpacked(make(name="other"))
    with database.transaction() as connection:
        connection.execute("UPDATE lives SET state = 'actibe' WHERE state = 'active'")
    assert lives.life(other).state is State.UNPACKED
    with pytest.raises(UsageError, match="says that it is `actibe`, which nothing can"):
        lives.active("planner")
    lives.activate(bundle)
    assert lives.active("planner").bundle.id == bundle
