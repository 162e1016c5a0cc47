"""Which calls a strategy makes, and what each asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugwright_forge.testing import SCOPES, Strategy, TestKind, in_words
from plugwright_forge.testing.asking import tasks
from plugwright_forge.testing.kinds import ASKED

README = Path(__file__).parents[2] / "README.md"
WISHES = [{"permission": "storage", "reason": "Keeps them."}]


def test_the_table_of_the_documentation_is_the_table_that_is_used():
    assert in_words() in README.read_text(encoding="utf-8")


def test_basic_is_one_call_for_everything(specify):
    [task] = tasks(Strategy.BASIC, specify(permissions=WISHES))

    assert task.about == ""
    assert [each.id for each in task.requirements] == ["R1", "R2", "R3"]
    assert task.needs_all


def test_comprehensive_asks_for_what_it_does_with_its_host_in_another_call(specify):
    first, second = tasks(Strategy.COMPREHENSIVE, specify(permissions=WISHES))

    assert first.kinds == (TestKind.UNIT, TestKind.EDGE, TestKind.ERROR)
    assert second.kinds == (TestKind.INTEGRATION, TestKind.PROPERTY)
    assert first.needs_all
    assert not second.needs_all
    assert (first.about, second.about) == ("part-1", "part-2")


def test_a_plugin_that_needs_nothing_of_its_host_has_no_integration_tests(specify):
    planned = tasks(Strategy.STRESS, specify())

    assert all(TestKind.INTEGRATION not in task.kinds for task in planned)
    assert len(planned) == 4


def test_stress_asks_for_every_kind_that_a_tester_can_write(specify):
    planned = tasks(Strategy.STRESS, specify(permissions=WISHES))

    assert {kind for task in planned for kind in task.kinds} == {*ASKED}


@pytest.mark.parametrize("strategy", Strategy)
@pytest.mark.parametrize("count", [1, 5, 17, 30])
def test_there_are_never_more_calls_than_allowed_and_no_requirement_is_forgotten(
    specify, strategy, count
):
    requirements = [{"id": f"R{n}", "text": "It does."} for n in range(1, count + 1)]

    planned = tasks(strategy, specify(requirements=requirements, permissions=WISHES))

    assert len(planned) <= SCOPES[strategy].calls
    for kind in {kind for task in planned for kind in task.kinds}:
        of_kind = [task for task in planned if kind in task.kinds]
        ids = [each.id for task in of_kind for each in task.requirements]
        assert ids == [f"R{n}" for n in range(1, count + 1)]


def test_every_kind_is_explained_to_the_tester(specify):
    task = tasks(Strategy.COMPREHENSIVE, specify())[0]

    assert task.kinds_in_words.startswith("- unit: one command")
    assert "\n- error: what has to be refused" in task.kinds_in_words
