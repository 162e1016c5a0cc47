"""What happened in a run is on the disk: nothing is lost, and nothing is paid twice."""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scripting import Scripted, call, says, wants

from plugwright.agents import Ability, RunStopped, tool
from plugwright.agents.runbook import RunBook, opened
from plugwright.agents.runfile import MIGRATIONS
from plugwright.database import Database
from plugwright.errors import HostError, UsageError
from plugwright.redaction import _hidden, hide


@tool(repeatable=True)
def look(at: str) -> str:
    """Look at something."""
    return f"{at} is there"


def kinds(agent, run):
    return [entry.kind for entry in agent.book.entries(run)]


# What is kept.


def test_a_run_is_kept_with_all_that_was_said_and_spent(make):
    agent = make(wants(call("look", at="it")), "done").tools(look)
    agent = agent.instructions("Be short.").made_by("here:agent").build()
    result = agent.run("go")

    [row] = agent.book.rows()
    assert (row.id, row.agent, row.model) == (result.run, "tester", "scripted")
    assert (row.state, row.why, row.made_by) == ("done", "", "here:agent")
    assert row.spent == result.spent
    entries = agent.book.entries(result.run)
    assert [(e.kind, e.role, e.text) for e in entries] == [
        ("said", "system", "Be short."),
        ("said", "user", "go"),
        ("asked", "", ""),
        ("frame", "", entries[3].text),
        ("answer", "assistant", ""),
        ("tool", "tool", "look at it is there".removeprefix("look at ")),
        ("asked", "", ""),
        ("answer", "assistant", "done"),
    ]


def test_texts_are_kept_once(make, file):
    agent = make("same", "same").instructions("x" * 1000).build()
    agent.run("go")
    agent.run("go")
    agent.close()
    with sqlite3.connect(file) as connection:
        texts = [text for (text,) in connection.execute("SELECT text FROM texts")]
    connection.close()
    assert len(texts) == len({*texts})
    assert texts.count("x" * 1000) == 1


def test_an_answer_is_on_the_disk_before_it_is_used(make, file):
    seen = []

    def peek() -> str:
        """Look into the file, as another process would."""
        with sqlite3.connect(file) as connection:
            seen.extend(connection.execute("SELECT kind FROM entries ORDER BY n"))
            seen.extend(connection.execute("SELECT requests FROM runs"))
        connection.close()
        return "x"

    make(wants(call("peek")), "done").tools(peek).build().run("go")
    kinds = ["said", "asked", "frame", "answer", "began"]
    assert seen == [*((kind,) for kind in kinds), (1,)]


def test_each_answer_is_one_commit(make):
    agent = make(wants(call("look", at="it")), "done").tools(look).build()
    database = agent.book._database
    commits = []
    with database.transaction() as connection:
        connection.set_trace_callback(
            lambda statement: commits.append(statement) if statement == "COMMIT" else 0
        )
    agent.run("go")
    assert len(commits) == 2 + 1  # the last one is that of the transaction above


def test_secrets_are_not_kept(make, file):
    hide("sesame-open")
    try:
        agent = make("the word is sesame-open").build()
        agent.run("what is it?")
        agent.close()
    finally:
        _hidden.clear()
    assert b"sesame-open" not in b"".join(
        path.read_bytes() for path in file.parent.glob("runs.db*")
    )


def test_a_text_that_is_no_unicode_is_kept_as_well_as_can_be(make):
    agent = make("\ud800!").build()
    result = agent.run("go")
    assert agent.book.entries(result.run)[-1].text == "?!"


def test_a_book_of_a_newer_version_is_left_as_it_is(make, file):
    make("x").build().run("go")
    with sqlite3.connect(file) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(UsageError, match="written by a newer Plugwright"):
        make("x").build().run("go")


def test_an_answer_that_cannot_be_kept_is_not_lost(make, monkeypatch):
    monkeypatch.setattr(RunBook, "answered", fails)
    with pytest.raises(RunStopped, match="the disk is full") as raised:
        make("dear words").build().run("go")
    assert raised.value.messages[-1].content == "dear words"


def test_what_could_not_be_kept_is_not_paid_for_again(make, monkeypatch):
    class Fills(Scripted):
        """Answers, and then the disk is full."""

        def complete(self, request):
            monkeypatch.setattr(RunBook, "answered", fails)
            monkeypatch.setattr(Database, "jot", fails)
            return super().complete(request)

    with pytest.raises(RunStopped, match="the disk is full") as raised:
        make(model=Fills("dear words")).build().run("go")
    monkeypatch.undo()
    model = Scripted()
    agent = make(model=model).build()
    assert agent.resume(raised.value).text == "dear words"
    assert not model.asked
    assert agent.book.row("last").state == "done"


def test_an_answer_is_given_where_the_end_of_the_run_cannot_be_kept(make, monkeypatch):
    class Broken(Ability):
        def ended(self, run, answer):
            raise LookupError("nothing there")

    for name in ("end", "hurt"):
        monkeypatch.setattr(RunBook, name, fails)
    assert make("dear words").use(Broken).build().run("go").text == "dear words"


def fails(*about):
    raise HostError("the disk is full")


# Two at once.


def test_two_processes_record_at_once_and_nothing_is_lost(make, file):
    code = (
        "import sys\nfrom pathlib import Path\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from scripting import *\n"
        f"agent = building(*['x'] * 40).records(Path({str(file)!r})).build()\n"
        "for _ in range(40): agent.run('go')\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [each.wait(300) for each in both] == [0, 0]
    with opened(file) as book:
        rows = book.rows(limit=100)
    assert [row.state for row in rows] == ["done"] * 80


def test_one_agent_may_run_on_many_threads(make):
    from concurrent.futures import ThreadPoolExecutor

    class Echo(Scripted):
        def complete(self, request):
            time.sleep(0.001)
            return says(request.messages[-1].content)

    agent = make(model=Echo()).build()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda n: agent.run(f"{n}").text, range(40)))
    assert found == [f"{n}" for n in range(40)]
    assert len(agent.book.rows(limit=100)) == 40


def test_an_agent_that_nobody_closes_lets_go_of_its_file(make):
    agent = make("x").build()
    agent.run("go")
    database = agent.book._database
    assert database._connection is not None
    del agent
    gc.collect()
    assert database._connection is None
