"""Whenever a process is killed, what was answered is not asked for again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="it forks to be killed")

# Dies at its step-th step, for every step there is; then another process goes on.
KILLED = """
import json, os, signal, sys
from itertools import count
from pathlib import Path
sys.path.insert(0, {tests!r})
from scripting import *
from plugwright.agents import Ability, PerhapsPaid, tool
from plugwright.agents.runbook import RunBook
from plugwright.database import Database
from plugwright.errors import UsageError
from plugwright.providers import Capabilities

folder = Path({folder!r})
steps, dies = count(), False

def step():
    if dies and next(steps) == last:
        os.kill(os.getpid(), signal.SIGKILL)

def stepping(what):
    def both(*about):
        step()
        found = what(*about)
        step()
        return found
    return both

class Model(Scripted):
    capabilities = Capabilities(may_cost={costs})

    def complete(self, request):
        number = sum(m.role == "tool" for m in request.messages)
        log(f"asked {{number}}")
        step()
        first = wants(call("once", "a", n=1), call("again", "b"))
        return {{0: first, 2: wants(call("once", "c", n=2)), 3: says("done")}}[number]

def log(line):
    with log_of.open("a") as out:
        out.write(line + "\\n")

@tool
def once(n: int):
    step()
    log(f"once {{n}}")
    step()
    return "done once"

@tool(repeatable=True)
def again():
    step()
    return "done again"

class Looks(Ability):
    def after(self, run, completion):
        step()
        return completion

def agent():
    building = Agent.builder("tester").model(Model()).tools(once, again)
    building.records(folder / f"{{last}}.db")
    return (building.use(Looks) if {looks} else building).build()

def answers(book):
    return [entry.kind for entry in book.entries(book.row("last").id)].count("answer")

for last in count():
    log_of = folder / f"{{last}}.log"
    log_of.touch()
    if (child := os.fork()) == 0:
        dies = True
        Database.jot = stepping(Database.jot)
        RunBook.answered = stepping(RunBook.answered)
        agent().run("go")
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        break
    before, kept = log_of.read_text().splitlines(), 0
    with agent() as goes_on:
        try:
            kept = answers(goes_on.book)
            text = goes_on.resume("last", again={again}).text
        except UsageError as error:
            text = error.message
        except PerhapsPaid as error:
            text = error.message
            assert "--again" in error.remedy
            assert not goes_on.book.pains()
    after = log_of.read_text().splitlines()[len(before):]
    print(json.dumps([text, kept, before, after]))
"""


def paths(folder):
    return {"tests": str(Path(__file__).parent), "folder": str(folder)}


def all_ends(code):
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, timeout=300, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


QUESTIONS = ("asked 0", "asked 2", "asked 3")


@pytest.mark.parametrize("looks", [False, True], ids=["direct", "with an ability"])
def test_whenever_it_is_killed_nothing_is_asked_or_done_twice(tmp_path, looks):
    code = KILLED.format(**paths(tmp_path), looks=looks, costs=looks, again=True)
    ends = all_ends(code)

    assert len(ends) > 20
    for text, kept, before, after in ends:
        if text != "done":  # it was killed before anything was said
            assert not before
            assert not after
            continue
        # Whatever was kept, nobody is asked; everything else, once more.
        assert [each for each in after if each in QUESTIONS] == [*QUESTIONS[kept:]]
        works = [each for each in before + after if each not in QUESTIONS]
        assert len(works) == len(set(works))
    assert sum(text == "done" for text, *_ in ends) > 20


def test_whenever_it_is_killed_nothing_is_paid_for_twice_unasked(tmp_path):
    code = KILLED.format(**paths(tmp_path), looks=False, costs=True, again=False)
    ends = all_ends(code)

    for _, _, before, after in ends:
        asked = [each for each in before + after if each in QUESTIONS]
        assert len(asked) == len(set(asked))
    doubtful = [end for end in ends if "may have been paid for" in end[0]]
    assert len(doubtful) > 5
    assert sum(text == "done" for text, *_ in ends) > 10
