"""What came of past runs: one summary for each, found with facts or by itself."""

from __future__ import annotations

import pytest

from plugwright.errors import UsageError
from plugwright.memory import RemembersRuns
from plugwright_memory.hashing import Hashing


@pytest.fixture(params=[None, Hashing()], ids=["words", "hashing"])
def memory(open_memory, request):
    memory = open_memory("agent:files")
    memory._embedding = request.param
    return memory


def texts(found):
    return [fact.text for fact in found]


def test_a_run_is_found_with_its_id(memory):
    memory.remember_run("run-7", "Sorted the invoices.", about="office")

    [fact] = memory.recall_runs("invoices")
    assert (fact.run, fact.text, fact.about) == (
        "run-7",
        "Sorted the invoices.",
        "office",
    )
    assert isinstance(memory, RemembersRuns)


def test_facts_and_runs_are_found_together_or_apart(memory):
    memory.remember("Invoices are in the drawer.", about="office")
    memory.remember_run("run-7", "Sorted the invoices.", about="office")
    memory.remember_run("run-8", "Watered the plants.", about="office")

    assert len(memory.recall("invoices")) == 2
    assert texts(memory.recall("invoices", kind="run")) == ["Sorted the invoices."]
    assert texts(memory.recall("invoices", kind="fact", about="office")) == [
        "Invoices are in the drawer."
    ]
    assert texts(memory.recall(kind="run", about="office")) == [
        "Watered the plants.",
        "Sorted the invoices.",
    ]
    assert texts(memory.recall(kind="fact")) == ["Invoices are in the drawer."]


def test_a_run_that_goes_on_has_its_summary_replaced(memory, database):
    first = memory.remember_run("run-7", "Began to sort.")
    second = memory.remember_run("run-7", "Sorted everything.")

    assert first != second
    assert texts(memory.recall(kind="run")) == ["Sorted everything."]
    assert memory.recall("began") == []
    assert memory.forget(second)
    assert database.read("SELECT count(*) FROM runs") == [(0,)]


def test_runs_of_two_owners_may_have_one_id(memory, open_memory):
    memory.remember_run("run-7", "mine")
    other = open_memory("agent:other")
    other.remember_run("run-7", "theirs")

    assert texts(memory.recall_runs()) == ["mine"]
    assert texts(other.recall_runs()) == ["theirs"]


@pytest.mark.parametrize("id", ["", "a\nb", "\ud800", "x" * 600])
def test_a_run_without_a_fit_id_is_refused(memory, id):
    with pytest.raises(UsageError):
        memory.remember_run(id, "Sorted the invoices.")
    assert memory.recall() == []


def test_the_word_that_stands_for_a_run_is_not_found(memory):
    memory.remember_run("run-7", "Sorted the invoices.")

    assert memory.recall("kindrun") == []
