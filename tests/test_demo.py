"""From a request to a running plugin, as `plugwright demo` shows it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def demo(run, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    return run("demo", "--yes", "--output", str(tmp_path / "out"))


def events(home: Path) -> dict[str, object]:
    """The log of the only session, by key."""
    (log,) = home.glob("forge/*/events.jsonl")
    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    return {line["key"]: line["value"] for line in lines}


def test_the_demo_ends_with_a_week_on_screen_and_on_disk(demo, tmp_path):
    assert demo.returncode == 0, demo.stderr
    week = json.loads((tmp_path / "out" / "week.json").read_text("utf-8"))
    calendar = (tmp_path / "out" / "week.ics").read_bytes().decode()
    assert {lesson["child"] for lesson in week["lessons"]} == {"Anna", "Ben", "Clara"}
    assert calendar.count("BEGIN:VEVENT\r\n") == len(week["lessons"])
    for name in ("Anna", "Ben", "Clara", "Monday", "09:00"):
        assert name in demo.stdout
    assert "\x1b" not in demo.stdout + demo.stderr


def test_no_lesson_meets_a_weekly_event(demo, tmp_path):
    week = json.loads((tmp_path / "out" / "week.json").read_text("utf-8"))

    times = {(x["child"], x["day"], x["start"]) for x in week["lessons"]}

    assert ("Anna", "Tuesday", "09:00") in times  # before the piano lesson
    assert ("Anna", "Tuesday", "09:30") not in times  # during it
    assert ("Ben", "Tuesday", "09:30") in times  # it is not Ben's


def test_the_first_round_fails_on_weekly_events_and_a_later_one_passes(demo, home):
    log = events(home)

    def failed(key: str) -> set[str]:
        report = log[key]
        assert isinstance(report, dict)
        return {
            result["test"].partition("::")[2]
            for result in report["results"]
            if result["verdict"] != "AC"
        }

    for number in (1, 2, 3):
        assert "test_r2_a_weekly_event_blocks_every_week" in failed(
            f"judge/candidate-{number}/0"
        )
    assert failed("judge/candidate-2/1")
    assert failed("judge/candidate-2/2") == set()
    assert failed("judge/final") == set()


def test_the_same_recording_gives_identical_verdicts_and_fuel(demo, home, run):
    first = {k: v for k, v in events(home).items() if k.startswith("judge/")}
    (session,) = home.glob("forge/*")
    session.rename(home / "first-session")

    run("demo", "--yes", "--output", str(home))
    second = {k: v for k, v in events(home).items() if k.startswith("judge/")}

    assert json.dumps(first) == json.dumps(second)
    assert '"fuel": 0' not in json.dumps(first["judge/final"])


def test_the_plugin_stays_and_runs_on_other_input(demo, run, tmp_path):
    family = {
        "week_of": "2026-02-02",
        "children": [
            {
                "name": "Dora",
                "age": 7,
                "subjects": [{"name": "Art", "progress": 0.9, "weekly_minutes": 30}],
            }
        ],
        "time_slots": [{"day": "Friday", "start": "10:00", "end": "11:00"}],
        "calendar": [],
    }
    (tmp_path / "family.json").write_text(json.dumps(family))

    planned = run("run", "homeschool-scheduler", "plan-week", "--input", "family.json")

    (lesson,) = json.loads(planned.stdout)["lessons"]
    assert (lesson["child"], lesson["date"]) == ("Dora", "2026-02-06")
    assert "fuel" in planned.stderr


def test_every_step_is_in_the_ledger_and_the_flag_is_named(demo, run):
    rows = [json.loads(line) for line in run("ledger", "--json").stdout.splitlines()][
        ::-1
    ]

    kinds = [row["kind"] for row in rows]
    assert kinds[0] == "forged"
    assert kinds[-3:] == ["proposed", "approved", "active"]
    assert rows[-2]["detail"]["by"] == "the flag --yes"
    assert len({row["bundle"] for row in rows}) == 1
    assert run("ledger", "verify").returncode == 0


def test_without_a_terminal_and_without_the_flag_nothing_runs(run, tmp_path):
    demo = run("demo", "--output", str(tmp_path / "out"))

    assert demo.returncode == 1
    assert "no terminal" in demo.stdout
    assert not (tmp_path / "out" / "week.json").exists()
    refused = run("run", "homeschool-scheduler", "plan-week")
    assert "plugwright approve homeschool-scheduler" in refused.stderr


def test_the_session_is_a_git_repository_with_a_branch_per_candidate(demo, home):
    (session,) = home.glob("forge/*")

    def git(*arguments: str) -> list[str]:
        done = subprocess.run(
            ["git", "-C", str(session), *arguments],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split("\n")[:-1]

    branches = {line.strip("* ") for line in git("branch")}
    assert branches == {"main", "candidate-1", "candidate-2", "candidate-3"}
    assert len(git("log", "--format=%s", "main..candidate-3")) == 1
    assert [
        s for s in git("log", "--format=%s", "candidate-2") if "iteration" in s
    ] == [
        "Candidate 2, iteration 2: 18 of 18 accepted",
        "Candidate 2, iteration 1: 16 of 18 accepted",
        "Candidate 2, iteration 0: 14 of 18 accepted",
    ]
    assert git("status", "--short") == []


def test_the_recording_says_that_it_is_no_models_output(demo):
    words = " ".join(demo.stdout.split())

    assert "answered by hand" in words
    assert "no model's output" in words
