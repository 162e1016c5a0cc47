"""Acceptance tests are ordinary pytest files."""

from __future__ import annotations

PLUGIN = """
from dataclasses import dataclass
from plugwright_sdk import clock, command, emit, initialiser, log, on, storage

@dataclass
class Point:
    x: int
    y: int = 0

@initialiser
def start() -> None:
    storage.set("started", True)

@command
def shift(point: Point, by: int = 1) -> Point:
    return Point(point.x + by, point.y)

@command(name="bump-count")
def bump() -> int:
    storage.set("count", storage.get("count", 0) + 1)
    return storage.get("count")

@command
def today() -> str:
    return clock.now().date().isoformat()

@command
def failing() -> None:
    raise Odd("strange")

class Odd(Exception):
    pass

@on("ping")
def ping(data: dict[str, int]) -> None:
    log.info("heard")
    emit("pong", {"n": data["n"] + 1})

@on("bad")
def bad(data: object) -> None:
    raise ValueError("bad event")
"""
GRANTED = ("storage", "log", "clock", "events.emit:pong")


def passes(judge, tests: str) -> bool:
    report = judge(PLUGIN, tests, *GRANTED)
    for result in report.results:
        if result.verdict != "AC":
            print(result.test, result.verdict, result.message)
    return report.passed


def test_fixtures_parametrize_classes_and_capsys_work(judge):
    assert passes(
        judge,
        """
import pytest
from plugin import shift

@pytest.fixture
def point():
    return {"x": 1}

@pytest.fixture(params=[1, 2])
def by(request):
    yield request.param

class TestShift:
    def test_shifts(self, point, by):
        assert shift(point, by=by) == {"x": 1 + by, "y": 0}

@pytest.mark.parametrize(("x", "expected"), [(1, 2), pytest.param(5, 6, id="five")])
def test_values(x, expected):
    assert shift({"x": x})["x"] == expected

def test_output(capsys):
    print("hello")
    assert capsys.readouterr().out == "hello\\n"

def test_about(monkeypatch):
    assert 0.1 + 0.2 == pytest.approx(0.3)
""",
    )


def test_each_test_meets_a_fresh_plugin_that_was_initialised(judge):
    assert passes(
        judge,
        """
from plugin import bump
from plugwright_sdk.testing import stored

def test_first():
    assert bump() == 1
    assert bump() == 2
    assert stored("started") is True

def test_second():
    assert bump() == 1
""",
    )


def test_events_storage_log_and_clock_can_be_looked_into(judge):
    assert passes(
        judge,
        """
import pytest
from plugin import bump, today
from plugwright_sdk.testing import emitted, logged, send, set_clock, store, stored

def test_events():
    assert send("ping", {"n": 1}) == 1
    assert send("nobody-listens") == 0
    assert emitted() == [{"name": "pong", "data": {"n": 2}}]
    assert [entry["message"] for entry in logged()] == ["heard"]

def test_a_handler_that_fails():
    with pytest.raises(ValueError, match="bad event"):
        send("bad")

def test_storage():
    store("count", 41)
    assert bump() == 42
    assert stored("count") == 42
    assert stored("nothing", "default") == "default"

def test_clock():
    assert today() == "2026-01-05"
    set_clock("2030-02-03T12:00")
    assert today() == "2030-02-03"
""",
    )


def test_wrong_input_and_the_plugins_own_errors_can_be_expected(judge):
    assert passes(
        judge,
        """
import pytest
from plugin import failing, shift
from plugwright_sdk import InputError

def test_wrong_type():
    with pytest.raises(InputError, match="point.x"):
        shift({"x": "one"})

def test_missing():
    with pytest.raises(InputError, match="point"):
        shift()

def test_too_many():
    with pytest.raises(InputError):
        shift({"x": 1}, 2, 3)

def test_own_error():
    with pytest.raises(Exception, match="Odd: strange"):
        failing()
""",
    )


def test_the_same_file_gives_the_same_verdicts_under_plain_pytest(tmp_path, judge):
    import subprocess
    import sys

    tests = """
from plugin import shift
def test_right():
    assert shift({"x": 1}) == {"x": 2, "y": 0}
def test_wrong():
    assert shift({"x": 1}) == {"x": 1, "y": 0}
"""
    (tmp_path / "plugin.py").write_text(PLUGIN)
    (tmp_path / "test_plugin.py").write_text(tests)

    native = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    inside = [r.verdict for r in judge(PLUGIN, tests, *GRANTED).results]

    assert "1 failed, 1 passed" in native.stdout
    assert inside == ["AC", "WA"]


def test_nothing_that_pytest_set_while_the_image_was_made_is_seen_by_a_plugin(judge):
    plugin = """
import sys, warnings
from plugwright_sdk import command

@command
def hook() -> bool:
    return sys.unraisablehook is sys.__unraisablehook__

@command
def filters() -> list[str]:
    return [kept[0] for kept in warnings.filters]
"""
    tests = """
from plugin import filters, hook
def test_hook(): assert hook()
def test_filters(): assert "always" not in filters()
"""
    assert judge(plugin, tests).passed


def test_a_mark_that_does_not_exist_is_a_file_that_does_not_load(judge):
    tests = "import pytest\n@pytest.mark.nonsense\ndef test_it(): pass\n"
    right = "def test_right(): pass\n"

    report = judge(PLUGIN, {"test_a.py": tests, "test_b.py": right}, *GRANTED)

    assert [result.verdict for result in report.results] == ["CE", "AC"]
    assert "'nonsense' not found in `markers`" in report.results[0].message
