"""A damaged file of jobs: what can be read is kept, and the rest is named."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from workshop import LONG

from plugwright.cli.door import run
from plugwright.errors import HostError, UsageError
from plugwright.rescue import Rescued
from plugwright.scheduling import Job, JobState
from plugwright_scheduler.file import TABLE, JobFile
from plugwright_scheduler.local import Local
from plugwright_scheduler.salvage import _LOOSE, salvage

PAGE = 4096
LEAF = 13
"""How a page begins that holds rows."""
JOBS = 600
LONG_ONES = JOBS // 100
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def fill(path: Path) -> None:
    """Write what a home has after a while: jobs that wait, ended, or are long."""
    chance = random.Random(1)
    with closing(Local(path, lambda *_: None)) as local:
        for number in range(JOBS):
            text = "long " * (2000 if number % 100 == 50 else chance.randrange(60))
            id = local.submit(
                Job(
                    plugin=f"p{number % 3}",
                    command="note",
                    arguments={"n": number, "text": text},
                    key=f"k{number}",
                    at=None if number % 2 else 9e9,
                )
            )
            if number % 3 == 0:
                local.cancel(id)


@pytest.fixture(scope="module")
def filled(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("filled") / "jobs.db"
    fill(path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path, filled) -> Path:
    path = tmp_path / "jobs.db"
    path.write_bytes(filled)
    return path


@pytest.fixture(scope="module")
def expected(tmp_path_factory, filled) -> dict[int, tuple]:
    path = tmp_path_factory.mktemp("expected") / "jobs.db"
    path.write_bytes(filled)
    return rows(path)


def rows(path: Path) -> dict[int, tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0]: row for row in connection.execute("SELECT * FROM jobs")}


def pages_of(path: Path, name: str) -> list[int]:
    """Number the pages of a table or an index, the root first."""
    with closing(sqlite3.connect(path)) as connection:
        [(root,)] = connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)
        )
    content = path.read_bytes()
    found = [root]
    for page in found:
        place = (page - 1) * PAGE
        if content[place] in (2, 5):
            count = int.from_bytes(content[place + 3 : place + 5], "big")
            for n in range(count):
                at = place + 12 + 2 * n
                cell = place + int.from_bytes(content[at : at + 2], "big")
                found.append(int.from_bytes(content[cell : cell + 4], "big"))
            found.append(int.from_bytes(content[place + 8 : place + 12], "big"))
    return found


def overwrite(path: Path, page: int, content: bytes = bytes(PAGE)) -> None:
    with open(path, "r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(content)


def mend(path: Path) -> Rescued:
    """Salvage a file; whatever it was, what comes out has to be whole."""
    before = path.read_bytes()
    done = salvage(path)
    assert done is not None
    assert done.aside.read_bytes() == before
    assert re.fullmatch(r"jobs\.db\.broken-\d{8}T\d{12}", done.aside.name)
    assert {file.name for file in path.parent.iterdir()} == {
        path.name,
        done.aside.name,
    }
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert salvage(path) is None
    done.aside.unlink()
    return done


def check_same(path: Path, expected: dict[int, tuple]) -> None:
    """Each job that was kept is one that was there, or is paused and else the same."""
    for id, row in rows(path).items():
        was = expected[id]
        if row != was:
            assert was[13] in ("waiting", "running")
            assert (row[13], row[23]) == ("paused", _LOOSE)
            assert row[:13] == was[:13]


def test_a_whole_file_is_left_alone(path, filled):
    assert salvage(path) is None
    assert path.read_bytes() == filled
    assert [file.name for file in path.parent.iterdir()] == ["jobs.db"]


def test_where_no_file_is_there_is_nothing_to_salvage(tmp_path):
    assert salvage(tmp_path / "jobs.db") is None


@pytest.mark.parametrize("share", [0.95, 0.7, 0.5, 0.3, 0.1, 0.03])
@pytest.mark.parametrize("rest", [0, 100, 2048])
def test_of_a_file_that_was_cut_short_what_is_there_is_kept(
    path, filled, expected, share, rest
):
    whole = int(len(filled) * share) // PAGE
    leaves = [
        page
        for page in pages_of(path, "jobs")
        if page <= whole and filled[(page - 1) * PAGE] == LEAF
    ]
    there = sum(
        int.from_bytes(filled[place + 3 : place + 5], "big")
        for place in ((page - 1) * PAGE for page in leaves)
    )
    path.write_bytes(filled[: whole * PAGE + rest])
    done = mend(path)
    check_same(path, expected)
    assert done.kept["jobs"] == len(rows(path))
    # Long jobs end in pages of their own, which may be gone.
    assert there - LONG_ONES <= done.kept["jobs"] < JOBS
    assert any(lost.startswith("jobs ") for lost in done.lost)


@pytest.mark.parametrize("content", [bytes(PAGE), random.Random(1).randbytes(PAGE)])
@pytest.mark.parametrize("which", [0, 1, 2, 5, -1])
def test_of_a_file_with_a_page_of_nonsense_all_other_pages_are_kept(
    path, expected, which, content
):
    pages = pages_of(path, "jobs")
    assert len(pages) > 8
    overwrite(path, pages[which], content)
    done = mend(path)
    check_same(path, expected)
    assert done.kept["jobs"] > JOBS - 40
    if which == 0:  # no job stood in the root
        assert done.kept["jobs"] == JOBS
        assert "may have been done already" in done.notes[0]
    else:
        missing = sorted({*expected} - {*rows(path)})
        assert missing
        [lost] = [lost for lost in done.lost if lost.startswith("jobs ")]
        assert f"{missing[0]}" in lost


@pytest.mark.parametrize("content", [bytes(PAGE), random.Random(2).randbytes(PAGE)])
def test_without_the_page_that_says_which_tables_there_are_all_jobs_are_kept(
    path, expected, content
):
    overwrite(path, 1, content)
    done = mend(path)
    assert (rows(path), done.lost) == (expected, [])


@pytest.mark.parametrize(
    "name", [*re.findall(r"INDEX (\w+)", TABLE), "sqlite_sequence"]
)
def test_a_damaged_index_costs_no_job(path, expected, name):
    overwrite(path, pages_of(path, name)[-1])
    mend(path)
    assert rows(path) == expected


def test_each_page_may_be_garbage_and_nothing_is_made_up(path, filled, expected):
    for page in range(1, len(filled) // PAGE + 1):
        path.write_bytes(filled)
        overwrite(path, page, random.Random(page).randbytes(PAGE))
        mend(path)
        check_same(path, expected)
        assert len(rows(path)) > JOBS - 40


def test_an_id_that_was_given_is_not_given_again(path, filled, expected):
    [sequences] = pages_of(path, "sqlite_sequence")
    path.write_bytes(filled[: len(filled) // 2 // PAGE * PAGE])
    overwrite(path, sequences)
    mend(path)
    with closing(Local(path, lambda *_: None)) as local:
        assert int(local.submit(Job(plugin="p", command="c"))) > max(expected)


@pytest.mark.parametrize("content", [b"", b"garbage " * 2000, b"x", bytes(8 * PAGE)])
def test_a_file_that_is_no_database_is_kept_aside_and_a_new_one_is_made(path, content):
    path.write_bytes(content)
    done = mend(path)
    assert done.kept == {"jobs": 0}
    assert done.lost == ["jobs from 1 on, as far as there were any"]
    assert rows(path) == {}


def test_a_file_of_a_newer_version_is_refused_also_when_it_is_damaged(path, filled):
    newer = filled[:60] + (2).to_bytes(4, "big") + filled[64 : len(filled) // 2]
    path.write_bytes(newer)
    with pytest.raises(UsageError, match="written by a newer Plugwright"):
        salvage(path)
    assert path.read_bytes() == newer
    assert [file.name for file in path.parent.iterdir()] == ["jobs.db"]


HOLDER = """
import sys
from pathlib import Path
from plugwright_scheduler.file import JobFile

file = JobFile(Path(sys.argv[1]))
file.read("SELECT 1")
print("open", flush=True)
sys.stdin.read()
"""


def test_it_is_refused_while_another_process_has_the_file_open(path, filled):
    overwrite(path, pages_of(path, "jobs")[3])
    before = path.read_bytes()
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    assert holder.stdout.readline() == "open\n"
    try:
        with pytest.raises(UsageError, match="another process has"):
            salvage(path)
        assert path.read_bytes() == before
    finally:
        holder.communicate("")
    before = path.read_bytes()
    assert salvage(path) is not None


def test_what_only_the_log_has_is_kept_too(path, expected):
    script = (
        "import os, sys, sqlite3; c = sqlite3.connect(sys.argv[1]);"
        "c.execute('PRAGMA journal_mode = WAL');"
        "c.execute(\"UPDATE jobs SET why = 'in the log'\"); c.commit();"
        "os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", script, path], check=True)
    log = path.with_name("jobs.db-wal")
    assert log.stat().st_size > 32
    # All that the file had, and SQLite would throw the log away.
    written = log.read_bytes()
    path.write_bytes(b"")
    done = salvage(path)
    assert done is not None
    assert done.aside.with_name(f"{done.aside.name}-wal").read_bytes() == written
    assert not log.exists()
    found = rows(path)
    assert {*found} == {*expected}
    assert {row[23] for row in found.values()} == {"in the log"}


SALVAGER = """
import sys
from pathlib import Path
from plugwright_scheduler.salvage import salvage

print("begins", flush=True)
salvage(Path(sys.argv[1]))
"""


def test_killing_it_at_any_instant_leaves_the_old_file_or_the_new_one(path, filled):
    overwrite(path, pages_of(path, "jobs")[3])
    broken = path.read_bytes()
    kept = None
    chance = random.Random(3)
    for _ in range(12):
        path.write_bytes(broken)
        busy = subprocess.Popen(
            [sys.executable, "-c", SALVAGER, path],
            stdout=subprocess.PIPE,
            env=ENVIRONMENT,
        )
        busy.stdout.readline()
        time.sleep(chance.uniform(0, 0.15))
        busy.send_signal(signal.SIGKILL)
        busy.communicate(timeout=LONG)
        content = path.read_bytes()
        if content != broken:
            with closing(sqlite3.connect(path)) as connection:
                check = connection.execute("PRAGMA integrity_check").fetchall()
            assert check == [("ok",)]
            [*copies] = path.parent.glob("jobs.db.broken-*")
            assert any(copy.read_bytes() == broken for copy in copies)
            path.write_bytes(broken)
        done = salvage(path)
        assert done is not None
        kept = kept or done.kept
        assert done.kept == kept


def test_a_job_with_text_that_is_none_is_damage_and_the_others_are_kept(path):
    content = path.read_bytes().replace(b'"n":77,', b'"n":\xff7,')
    path.write_bytes(content)
    with closing(JobFile(path)) as file:
        with pytest.raises(HostError, match="it is damaged") as told:
            file.read("SELECT * FROM jobs")
        assert "`plugwright jobs salvage` keeps what can be read" in told.value.remedy
    done = mend(path)
    assert (done.kept["jobs"], done.lost) == (JOBS - 1, ["1 damaged rows of jobs"])


def test_a_row_that_no_job_can_be_is_named(path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE jobs SET arguments = '{' WHERE id = 7")
    overwrite(path, pages_of(path, "jobs_by_state")[-1])
    assert "job 7: its row is damaged" in mend(path).lost


def test_a_person_salvages_jobs_and_goes_on(tmp_path, monkeypatch, capfd, filled):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(home))
    path = home / "jobs.db"
    path.write_bytes(filled[: len(filled) // 2 // PAGE * PAGE])

    assert run(["jobs"]) != 0
    assert "`plugwright jobs salvage`" in " ".join(capfd.readouterr().err.split())
    assert run(["jobs", "salvage"]) == 0
    out = capfd.readouterr().out
    assert " jobs were kept." in out
    assert "lost: jobs " in out
    assert "The damaged file is kept as `" in out
    assert run(["jobs"]) == 0
    assert run(["jobs", "salvage"]) == 0
    assert "There is nothing to salvage: the jobs are whole." in capfd.readouterr().out
    with closing(Local(path, lambda *_: None)) as local:
        assert {each.state for each in local.jobs()} <= {*JobState}
