"""The repository of a session, looked at with the real git."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from plugwright_forge.repository import MAIN, Repository

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not here")
MOMENT = 1_767_600_000


def git(folder, *arguments):
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write_history(folder):
    repository = Repository(folder)
    first = repository.commit(MAIN, {"a.txt": "1\n"}, "One", at=MOMENT)
    tests = {"a.txt": "1\n", "tests/t.py": "2\n"}
    second = repository.commit(MAIN, tests, "Two", at=MOMENT + 1, parents=[first])
    code = {**tests, "plugin.py": "3\n"}
    side = repository.commit(
        "candidate-1", code, "Three", at=MOMENT + 2, parents=[second]
    )
    return [first, second, side]


def test_git_reads_what_was_written(tmp_path):
    ids = write_history(tmp_path)

    log = git(tmp_path, "log", "--all", "--format=%H|%an <%ae>|%at|%s").split("\n")

    author = "Plugwright Forge <forge@localhost>"
    assert log[:3] == [
        f"{ids[2]}|{author}|{MOMENT + 2}|Three",
        f"{ids[1]}|{author}|{MOMENT + 1}|Two",
        f"{ids[0]}|{author}|{MOMENT}|One",
    ]
    assert git(tmp_path, "show", "candidate-1:plugin.py") == "3\n"
    assert git(tmp_path, "fsck", "--strict") == ""


def test_the_folder_shows_main_and_nothing_is_left_over(tmp_path):
    write_history(tmp_path)
    (tmp_path / "events.jsonl").write_text("")

    assert (tmp_path / "tests" / "t.py").read_text() == "2\n"
    assert not (tmp_path / "plugin.py").exists()
    assert git(tmp_path, "status", "--porcelain") == ""


def test_writing_it_again_is_nothing_new(tmp_path):
    once = write_history(tmp_path / "once")
    assert write_history(tmp_path / "other") == once

    assert write_history(tmp_path / "once") == once
    assert git(tmp_path / "once", "rev-parse", "main").strip() == once[1]


def test_beginning_again_takes_no_branch_back(tmp_path):
    _, second, _ = write_history(tmp_path)

    Repository(tmp_path).commit(MAIN, {"a.txt": "1\n"}, "One", at=MOMENT)

    assert git(tmp_path, "rev-parse", "main").strip() == second


def test_a_lock_of_a_dead_process_stops_nobody(tmp_path):
    expected = write_history(tmp_path / "whole")
    Repository(tmp_path / "cut")
    control = tmp_path / "cut" / ".git"
    for lock in ("index.lock", "refs/heads/main.lock"):
        (control / lock).touch()

    assert write_history(tmp_path / "cut") == expected


def test_a_repository_that_was_half_made_is_made_again(tmp_path):
    expected = write_history(tmp_path / "whole")
    control = tmp_path / "cut" / ".git"
    (control / "objects").mkdir(parents=True)
    (control / "config").write_text("[core")

    assert write_history(tmp_path / "cut") == expected
