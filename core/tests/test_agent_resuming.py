"""A run that was stopped, or killed, goes on where it was; nothing is paid twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from scripting import Louder, Scripted, Streaming, call, wants

from plugwright.agents import Ability, Misfit, RunStopped, runbook, tool
from plugwright.agents.limits import Spent
from plugwright.agents.runbook import Row, RunBook
from plugwright.errors import Unavailable, UsageError
from plugwright.providers import Cancel, Capabilities, Message


@tool(repeatable=True)
def look(at: str) -> str:
    """Look at something."""
    return f"{at} is there"


def kinds(agent, run):
    return [entry.kind for entry in agent.book.entries(run)]


def test_a_run_that_a_provider_ended_goes_on_where_it_was(make):
    error = Unavailable("it", "is away")
    agent = make(wants(call("look", at="it")), error).tools(look).build()
    with pytest.raises(RunStopped) as raised:
        agent.run("go")
    run = raised.value.run
    assert f"`plugwright runs resume {run}` goes on from there" in raised.value.remedy
    assert agent.book.row(run).why == error.message

    model = Scripted("done")
    result = make(model=model).tools(look).build().resume(run)
    assert [m.content for m in model.asked[0].messages] == ["go", "", "it is there"]
    assert (result.text, result.run, result.spent.requests) == ("done", run, 2)
    assert agent.book.row(run).state == "done"


class Paid(Scripted):
    capabilities = Capabilities(may_cost=True)


def test_who_was_told_that_a_question_failed_is_not_asked_about_it_again(make):
    with pytest.raises(RunStopped) as raised:
        make(model=Paid(Unavailable("it", "is away"))).build().run("go")
    assert make(model=Paid("done")).build().resume(raised.value.run).text == "done"


def test_a_question_has_the_same_name_whenever_it_is_asked(make):
    first = Paid("a", Unavailable("it", "is away"))
    agent = make(model=first).build()
    before = agent.run("one")
    with pytest.raises(RunStopped) as raised:
        agent.run("one", history=before.messages)
    later = Paid("done")
    make(model=later).build().resume(raised.value.run)
    names = [request.once for request in (*first.asked, *later.asked)]
    assert names[0] != names[1] == names[2] != ""


def test_limits_hold_for_the_whole_of_a_run(make):
    agent = make(wants(call("look", at="a")), Unavailable("it", "away")).tools(look)
    with pytest.raises(RunStopped) as raised:
        agent.build().run("go")
    later = make(wants(call("look", at="b")), "never").tools(look).limits(requests=2)
    with pytest.raises(RunStopped, match="`requests` ended the run: 2 of 2"):
        later.build().resume(raised.value.run)


def test_a_run_that_is_done_gives_its_answer_again_and_asks_nobody(make):
    run = make("done").build().run("go").run
    assert make().build().resume(run).text == "done"


def test_an_answer_that_was_mended_in_vain_is_not_mended_again(make):
    with pytest.raises(Misfit) as raised:
        make("x", "y").answers(int).build().run("go")
    with pytest.raises(Misfit):
        make().answers(int).build().resume(raised.value.run)
    assert make("7").answers(int, repairs=2).build().resume(raised.value.run).value == 7


def test_a_conversation_without_a_record_can_go_on_too(make):
    agent = make("b", Unavailable("it", "away"), "c").build()
    before = agent.run("a").messages
    with pytest.raises(RunStopped) as raised:
        agent.run("more", history=before)
    result = agent.resume(raised.value.messages)
    assert (result.text, result.run != raised.value.run) == ("c", True)
    assert [e.text for e in agent.book.entries(result.run) if e.kind == "said"] == [
        "a",
        "b",
        "more",
    ]


@pytest.mark.parametrize(
    ("run", "said"),
    [("nobody", "there is no run `nobody`"), ("", "there is no run ``")],
)
def test_a_run_that_is_not_there_is_refused(make, run, said):
    make("x").build().run("go")
    with pytest.raises(UsageError, match=said):
        make().build().resume(run)


def test_a_run_of_another_agent_is_refused(make):
    run = make("x").build().run("go").run
    other = make().build()
    object.__setattr__(other.plan, "name", "other")
    with pytest.raises(UsageError, match="is one of `tester`, not of `other`"):
        other.resume(run)


def test_a_run_that_ended_before_anything_was_said_has_nothing_to_go_on_with(make):
    agent = make("x").build()
    agent.book.begin("empty", "tester", "scripted", "")
    agent.book.end("empty", "stopped", "", agent.book.row("empty").spent)
    with pytest.raises(UsageError, match="nothing to replay"):
        agent.replay("empty")
    for _ in range(2):
        with pytest.raises(UsageError, match="before anything was said"):
            agent.resume("empty")


def test_letters_that_several_runs_begin_with_are_refused(make):
    agent = make("x", "y").build()
    runs = [agent.run("go").run for _ in range(2)]
    with pytest.raises(UsageError, match="the first letters of 2 runs"):
        agent.book.row(runs[0][:4])


def test_a_conversation_with_calls_is_kept_as_history(make):
    agent = make(wants(call("look", at="it")), "a", "b").tools(look).build()
    before = agent.run("x").messages
    later = agent.run("y", history=before)
    assert agent.resume(later.run).messages == later.messages


def test_a_run_that_is_going_on_is_refused(make):
    refused = []

    def inside() -> str:
        """Try to resume the run that calls this."""
        with pytest.raises(UsageError, match="is going on") as raised:
            make().build().resume("last")
        refused.append(raised)
        return "x"

    make(wants(call("inside")), "done").tools(inside).build().run("go")
    assert refused


def test_what_was_said_of_a_cancelled_answer_is_kept(make):
    cancel = Cancel()
    agent = make(model=Streaming("one two three")).build()
    with pytest.raises(RunStopped) as raised:
        agent.run("go", cancel=cancel, listen=lambda event: cancel.wish())
    entries = agent.book.entries(raised.value.run)
    assert (entries[-1].kind, entries[-1].text) == ("partial", "one")
    assert agent.book.row(raised.value.run).state == "cancelled"
    assert make("done").build().resume(raised.value.run).text == "done"


def test_ctrl_c_is_kept_and_the_run_can_go_on(make):
    agent = make(KeyboardInterrupt()).build()
    with pytest.raises(KeyboardInterrupt):
        agent.run("go")
    assert agent.book.row("last").state == "interrupted"
    assert make("done").build().resume("last").text == "done"


def test_ctrl_c_while_an_answer_is_written_does_not_lose_it(make, monkeypatch):
    really = RunBook.answered

    def interrupted(self, *about):
        monkeypatch.setattr(RunBook, "answered", really)
        raise KeyboardInterrupt

    monkeypatch.setattr(RunBook, "answered", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make("dear words").build().run("go")
    assert make().build().resume("last").text == "dear words"


# An ability that makes something else of answers.


def test_what_an_ability_made_of_an_answer_is_kept_beside_it(make):
    agent = make("quiet").use(Louder).build()
    result = agent.run("go")
    assert result.text == "QUIET"
    assert kinds(agent, result.run)[-2:] == ["answer", "used"]
    assert make().use(Louder).build().resume(result.run).text == "QUIET"


class Dies(Ability):
    def after(self, run, completion):
        raise KeyboardInterrupt


def test_ctrl_c_after_an_answer_was_written_does_not_write_it_twice(make, monkeypatch):
    really = RunBook.answered

    def interrupted(self, *about):
        really(self, *about)
        raise KeyboardInterrupt

    monkeypatch.setattr(RunBook, "answered", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make("dear words").build().run("go")
    assert make().build().resume("last").text == "dear words"


def test_an_answer_that_nobody_used_yet_is_used_and_not_asked_for_again(make):
    with pytest.raises(KeyboardInterrupt):
        make("dear words").use(Dies).build().run("go")
    model = Scripted()
    assert make(model=model).use(Louder).build().resume("last").text == "DEAR WORDS"
    assert not model.asked


def test_an_answer_to_another_question_is_not_taken_for_this_one(make):
    class Rephrases(Ability):
        def around(self, run, request, ask):
            return ask(replace(request, messages=(Message("user", "other"),)))

    with pytest.raises(KeyboardInterrupt):
        make("to the first").use(Dies).build().run("go")
    agent = make("to the other").use(Rephrases).use(Louder).build()
    assert agent.resume("last").text == "TO THE OTHER"


# kill -9.

KILLED = """
import os, signal, sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from scripting import *
from plugwright.agents import tool

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Model(Scripted):
    def complete(self, request):
        with open({log!r}, "a") as log:
            log.write("asked\\n")
        if {at!r} == len(self.asked):
            die()
        return super().complete(request)

@tool(repeatable={repeatable!r})
def work(n: int) -> str:
    with open({log!r}, "a") as log:
        log.write(f"worked {{n}}\\n")
    if n == {tool!r}:
        die()
    return f"worked {{n}}"

model = Model(wants(call("work", "a", n=1), call("work", "b", n=2)), "done")
building(model=model).tools(work).records(Path({file!r})).build().run("go")
"""


@pytest.mark.parametrize(
    ("at", "dies_in", "repeatable", "log", "told"),
    [
        # While the model is asked for the second time: only that is asked again.
        (1, 0, False, ["asked", "worked 1", "worked 2", "asked"], []),
        # In the second tool: the first one is not called again, and the second one
        # only if it may be.
        (9, 2, True, ["asked", "worked 1", "worked 2", "worked 2"], []),
        (
            9,
            2,
            False,
            ["asked", "worked 1", "worked 2"],
            ["error: this call was inter"],
        ),
        (
            9,
            1,
            False,
            ["asked", "worked 1", "worked 2"],
            ["error: this call was inter"],
        ),
    ],
)
def test_after_kill_9_a_run_goes_on_and_nothing_is_paid_or_done_twice(
    tmp_path, file, make, at, dies_in, repeatable, log, told
):
    lines = tmp_path / "log"
    code = KILLED.format(
        tests=str(Path(__file__).parent),
        log=str(lines),
        file=str(file),
        at=at,
        tool=dies_in,
        repeatable=repeatable,
    )
    done = subprocess.run([sys.executable, "-c", code], timeout=300, check=False)
    assert done.returncode == -signal.SIGKILL

    @tool(repeatable=repeatable)
    def work(n: int) -> str:
        with lines.open("a") as out:
            out.write(f"worked {n}\n")
        return f"worked {n}"

    model = Scripted("done")
    agent = make(model=model).tools(work).build()
    assert agent.book.row("last").state_in_words == "killed"
    result = agent.resume("last")

    assert result.text == "done"
    assert len(model.asked) == 1
    assert lines.read_text().splitlines() == log
    errors = [m.content for m in result.messages if m.content.startswith("error")]
    assert [each[:26] for each in errors] == told


def test_a_run_of_another_process_that_lives_is_refused(make, tmp_path, file):
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from scripting import *\n"
        "class Slow(Scripted):\n"
        "    def complete(self, request):\n"
        "        print('asked', flush=True); time.sleep(600)\n"
        f"building(model=Slow()).records(Path({str(file)!r})).build().run('go')\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"asked\n"
    agent = make("done").build()
    with pytest.raises(UsageError, match=f"process {process.pid}"):
        agent.resume("last")
    process.kill()
    process.wait()
    process.stdout.close()
    assert agent.resume("last").text == "done"


def test_a_process_of_the_same_number_is_not_the_same(make, file):
    agent = make("x").build()
    run = agent.run("go").run
    with sqlite3.connect(file) as connection:
        connection.execute(
            "UPDATE runs SET state = 'running', process = ?", (f"{os.getpid()}:7",)
        )
    connection.close()
    if not Path("/proc/self/stat").exists():
        pytest.skip("this system does not say when a process began")
    assert agent.book.row(run).state_in_words == "killed"


def test_a_process_that_tells_nothing_of_itself_is_alive(monkeypatch):
    def refuses(number, signal):
        raise PermissionError

    def row(process):
        return Row(
            **dict.fromkeys(["id", "agent", "model", "made_by", "why"], ""),
            **{"state": "running", "process": process, "began": 0.0, "ended": 0.0},
            spent=Spent(),
        )

    posix = SimpleNamespace(name="posix", kill=refuses)
    windows = SimpleNamespace(name="nt", getpid=lambda: 7)
    monkeypatch.setattr(runbook, "os", posix)
    assert row("0:").is_going_on  # of which there is no file
    monkeypatch.setattr(runbook, "os", windows)
    assert row("7:").is_going_on
    assert not row("8:").is_going_on
