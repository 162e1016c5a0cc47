"""The compatibility run counts honestly, also when a case takes its guest along."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from compat.batches import Case, run_module
from compat.report import as_markdown, as_table, judge
from compat.sources import MODULES, Suite, find, package
from plugwright.sandboxes import JSON, Failure, Guest, Kind, Outcome, Progress

STOPPED = Failure(kind=Kind.STOPPED, type="fuel", message="used up")


@dataclass
class Scripted:
    """A sandbox whose guests run cases as they are told to."""

    cases: dict[str, str]
    """By name: a status, `stops`, `stops after company`, or `is not set up`."""
    name: str = "scripted"
    ran: list[list[str]] = field(default_factory=list)

    def prepare(self, progress: Progress) -> None:
        """Have nothing to build."""

    def open(self, guest: Guest) -> ScriptedSession:
        """Open a guest that follows the script."""
        return ScriptedSession(self, guest)

    def close(self) -> None:
        """Have nothing to end."""


@dataclass
class ScriptedSession:
    """One guest of such a sandbox."""

    sandbox: Scripted
    guest: Guest
    loaded: Outcome = field(default_factory=Outcome)

    def call(self, operation: str, arguments: JSON, **_: Any) -> Outcome:
        names = list(self.sandbox.cases)
        if operation == "list":
            return Outcome(value=[[n, n.rpartition(".")[0]] for n in names])
        assert isinstance(arguments, dict)
        numbers: Any = arguments["cases"]
        self.sandbox.ran.append([names[number] for number in numbers])
        for turn, number in enumerate(numbers):
            if stopped := self._run(number, names[number], turn):
                return Outcome(failure=stopped)
        return Outcome()

    def _run(self, number: int, name: str, turn: int) -> Failure | None:
        script, tell = self.sandbox.cases[name], self.guest.services["told"]
        if script == "is not set up":
            around = f"setUpClass ({name.rpartition('.')[0]})"
            tell({"fixture": around, "status": "failed", "why": "KeyError"})
            return None
        tell({"starts": number})
        if script == "stops" or (script == "stops after company" and turn):
            return STOPPED
        status = "passed" if script == "stops after company" else script
        tell({"ended": number, "status": status, "why": "", "files": False})
        return None

    def close(self) -> None:
        """Have nothing to end."""


def statuses(cases: list[Case]) -> list[str]:
    return [case.status for case in cases]


def test_a_case_that_ends_its_guest_has_failed_and_takes_no_other_along() -> None:
    sandbox = Scripted({"a.A.x": "passed", "a.A.y": "stops", "a.A.z": "skipped"})

    cases = run_module(sandbox, "a")

    assert statuses(cases) == ["passed", "failed", "skipped"]
    assert cases[1].why == "stopped fuel: used up"
    assert sandbox.ran == [["a.A.x", "a.A.y", "a.A.z"], ["a.A.z"], ["a.A.y"]]


def test_a_case_that_ends_its_guest_only_in_company_gets_a_fair_trial() -> None:
    sandbox = Scripted({"a.A.x": "passed", "a.A.y": "stops after company"})

    assert statuses(run_module(sandbox, "a")) == ["passed", "passed"]


def test_cases_of_a_class_that_is_not_set_up_have_failed() -> None:
    sandbox = Scripted({"a.A.x": "is not set up", "a.B.x": "passed"})

    cases = run_module(sandbox, "a")

    assert statuses(cases) == ["failed", "passed"]
    assert cases[0].why == "KeyError"


def test_cases_of_one_name_are_told_apart() -> None:
    @dataclass
    class Twice(Scripted):
        def open(self, guest: Guest) -> ScriptedSession:
            session = super().open(guest)
            call = session.call

            def twice(operation: str, arguments: JSON, **more: Any) -> Outcome:
                if operation == "list":
                    return Outcome(value=[["a.A.x", "a.A"], ["a.A.x", "a.A"]])
                return call(operation, arguments, **more)

            session.call = twice  # type: ignore[method-assign]
            return session

    cases = run_module(Twice({"1": "passed", "2": "failed"}), "a")

    assert [(case.name, case.status) for case in cases] == [
        ("a.A.x", "passed"),
        ("a.A.x #2", "failed"),
    ]


def many(passed: int, failed: int, **more: Any) -> list[Case]:
    return [
        *(Case(name="x", status="passed", **more) for _ in range(passed)),
        *(Case(name="x", status="failed", **more) for _ in range(failed)),
    ]


@pytest.mark.parametrize(
    ("cases", "holds"),
    [
        (many(95, 5), True),
        (many(94, 6), False),
        # Skipped ones are neither good nor bad.
        ([*many(95, 5), *[Case(name="s", status="skipped")] * 100], True),
        ([*many(94, 6), *[Case(name="s", status="skipped")] * 100], False),
        # Cases that only touch memory do not make up for others.
        ([*many(94, 6), *many(1000, 0, files=True)], False),
        ([*many(100, 0), *many(0, 100, files=True)], False),
    ],
)
def test_95_of_100_must_pass_whichever_way_they_are_counted(
    cases: list[Case], holds: bool
) -> None:
    assert judge("all", cases).holds is holds
    assert ("DOES NOT HOLD" in as_table([judge("all", cases)], (3,), (3,))) is not holds


def test_every_failed_case_is_published_with_its_cause_or_without() -> None:
    known = "test.test_json.test_recursion.TestCRecursion.test_endless_recursion"
    cases = [
        Case(name=known, status="failed", why="broken trap"),
        Case(name="test.a.B.c", status="failed", why="Traceback:\n  x\nValueError: 3"),
        Case(name="test.a.B.fine", status="passed"),
        Case(name="test.a.B.d", status="skipped", why="no *threads*"),
    ]
    verdict = judge("a", cases)

    text = as_markdown([verdict, judge("all", cases)], (3, 14, 0), (3, 13, 0))

    assert "### nesting without end in C: 1" in text
    assert "### not explained yet: 1\n\n- `test.a.B.c`: ValueError: 3" in text
    assert "- a: no \\*threads\\*: 1" in text
    assert "fine" not in text


@pytest.fixture(scope="module")
def tests() -> Suite:
    return find()


def test_the_tests_are_not_newer_than_the_guest(tests: Suite) -> None:
    assert (3, 11) <= tests.version[:2] <= (3, 14)


def test_what_is_baked_has_every_module_and_what_it_imports(
    tests: Suite, tmp_path: Any
) -> None:
    package(tests, tmp_path)

    there = {path.stem for path in (tmp_path / "test").iterdir()}
    assert there >= {name for names in MODULES.values() for name in names}
    assert there >= {"support", "datetimetester", "list_tests", "decimaltestdata"}
    assert "test_socket" not in there
