"""`plugwright jobs`, as a person types it; two processes at one home."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from plugwright.cli.door import run


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def jobs(home, capfd):
    """Run one command line; give its code, and what it said."""

    def jobs(*arguments):
        capfd.readouterr()
        code = run(["jobs", *arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return jobs


def test_a_job_is_added_listed_paused_resumed_and_cancelled(jobs):
    code, out, _ = jobs("add", "scheduler", "jobs", "--schedule", "0 7 * * *")
    assert code == 0
    assert out.startswith("job 1 is kept; it is due ")
    for step, state in (
        ("pause", "paused"),
        ("resume", "waiting"),
        ("cancel", "cancelled"),
    ):
        assert jobs(step, "1")[0] == 0
        _, out, _ = jobs("list", "--json")
        assert [told["state"] for told in json.loads(out)] == [state]
    _, out, _ = jobs()
    assert "cancelled scheduler jobs (0 7 * * *)" in out


def test_without_jobs_it_says_how_to_add_one_and_writes_nothing(jobs, home):
    code, out, _ = jobs()
    assert code == 0
    assert "plugwright jobs add PLUGIN COMMAND" in out
    assert not (home / "jobs.db").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "nobody", "x"), "there is no plugin `nobody`"),
        (("add", "scheduler", "jobs", "--schedule", "daily"), "is no schedule"),
        (("add", "scheduler", "jobs", "--at", "soon"), "is no time for --at"),
        (("add", "scheduler", "jobs", "--input", "{"), "--input is not JSON"),
        (("add", "scheduler", "jobs", "--input", "[]"), "has to be an object"),
        (("cancel", "7"), "there is no job `7`"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence_with_a_remedy(jobs, arguments, said):
    code, _, err = jobs(*arguments)
    assert code == 2
    assert said in err
    assert "what to do: " in err


def test_it_works_off_what_there_is_and_says_so(jobs):
    jobs("add", "scheduler", "jobs")
    jobs("add", "scheduler", "nonsense")
    code, out, err = jobs("run", "--until-idle")
    assert code == 0
    assert "1  done" in out
    assert "2  failed" in out
    assert err.endswith("1 done, 1 failed\n")


def started(*arguments):
    # Where the tests run in the background of a shell, children ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [sys.executable, "-m", "plugwright", "jobs", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_while_one_process_runs_jobs_another_adds_and_a_third_may_not_run_them(jobs):
    first = started("run")
    try:
        assert "Ctrl-C" in first.stderr.readline()
        code, _, err = jobs("run", "--until-idle")
        assert code == 2
        assert "another Plugwright" in err
        assert jobs("add", "scheduler", "jobs")[0] == 0
        assert "1  running" in first.stdout.readline()
        assert "1  done" in first.stdout.readline()
    finally:
        first.send_signal(signal.SIGINT)
        _, err = first.communicate()
    assert first.returncode == 0
    assert "1 done" in err


def test_a_service_that_is_ended_by_the_system_ends_what_runs_and_has_not_crashed(jobs):
    first = started("run")
    try:
        assert "Ctrl-C" in first.stderr.readline()
    finally:
        first.send_signal(signal.SIGTERM)
        _, err = first.communicate()
    assert first.returncode == 0
    assert "ending what runs" in err
