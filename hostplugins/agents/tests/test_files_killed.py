"""A process that dies at any moment loses nothing, and pays for nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from filing import naming_model, write

from plugwright_agents.journal import Journal

COUNT = 6
CHILD = """
import os, signal, sys
sys.path.insert(0, os.environ["HERE"])
from filing import name_of, text_of
from scripts import Model, says
import plugwright_agents
from plugwright import hookimpl
from plugwright.cli.door import told
from plugwright.agents.runbook import RunBook
from plugwright.home import Home
from plugwright.host import Host
from plugwright.providers import ProviderOffer
from plugwright_agents.cli import agent
from plugwright_agents.journal import Journal

where, number = sys.argv[1], int(sys.argv[2])
log = os.open("../asked.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

def answer(request):
    said = request.messages[1].content
    name = name_of(request) if said.startswith("The file") else said.split("`")[1]
    os.write(log, f"{name}\\n".encode())
    if where == "waiting":
        print("waiting", flush=True)
        sys.stdin.readline()
    if "Write it anew" in request.messages[0].content:
        return text_of(request).strip() + "!"
    # What is to be mended is asked for twice.
    return "fine" if len(request.messages) > 3 else " "

class Offers:
    @hookimpl
    def providers(self):
        model = Model(by=answer)
        return [ProviderOffer(scheme="echo", summary="x", open=lambda name: model)]

def dying(owner, name, is_before):
    method, seen = getattr(owner, name), []
    def die(*arguments, **options):
        seen.append(1)
        if is_before and len(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        given = method(*arguments, **options)
        if len(seen) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return given
    setattr(owner, name, die)

match where:
    case "answered": dying(RunBook, "answered", False)
    case "ended": dying(RunBook, "end", True)
    case "keep": dying(Journal, "keep", True)
    case "kept": dying(Journal, "keep", False)
    case "make": dying(Journal, "make", False)
    case "replace": dying(os, "replace", True)
    case "replaced": dying(os, "replace", False)

def discover():
    host = Host(Home.of_user())
    host.take_in(plugwright_agents, "agents")
    host.take_in(Offers(), "echo")
    return host

Host.discover = discover
try:
    code = agent.main([*sys.argv[3:], "--model", "echo:x"], standalone_mode=False)
except Exception as error:
    code = told(error)
sys.exit(code)
"""


@pytest.fixture
def model():
    return naming_model()


@pytest.fixture
def child(command, home):
    """Run a command in a process of its own, which dies where it is told to."""

    def child(where, number, *words, start=False):
        environment = {**os.environ, "HERE": str(Path(__file__).parent)}
        arguments = [sys.executable, "-c", CHILD, where, str(number), *words]
        options = {"env": environment, "text": True, "stdout": subprocess.PIPE}
        if start:
            return subprocess.Popen(arguments, stdin=subprocess.PIPE, **options)
        return subprocess.run(
            arguments, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, **options
        )

    return child


def asked():
    return Counter(Path("../asked.log").read_text().split())


@pytest.mark.parametrize("where", ["answered", "ended", "keep", "kept"])
def test_an_answer_that_came_before_it_died_is_not_paid_for_again(child, where):
    write(**{f"f{n}_txt": str(n) for n in range(COUNT)})
    words = ("files", "summarise", ".", "--jobs", "1")
    assert child(where, 3, *words).returncode == -9
    assert asked().total() < 2 * COUNT
    done = child("nowhere", 0, *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "".join(f"f{n}.txt: fine\n" for n in range(COUNT))
    # Each once, and once more to be mended.
    assert asked() == {f"f{n}.txt": 2 for n in range(COUNT)}


@pytest.mark.parametrize("where", ["answered", "ended", "keep", "kept"])
def test_a_docstring_that_came_before_it_died_is_not_paid_for_again(child, where):
    functions = (f"def f{n}():\n    return {n}\n" for n in range(COUNT))
    write(a_py='"""M."""\n' + "".join(functions))
    words = ("docs", "docstrings", ".", "--jobs", "1")
    assert child(where, 3, *words).returncode == -9
    assert asked().total() < 2 * COUNT
    done = child("nowhere", 0, *words)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('+    """fine"""\n') == COUNT
    assert asked() == {f"f{n}": 2 for n in range(COUNT)}


@pytest.mark.parametrize("where", ["keep", "make", "replace", "replaced"])
def test_a_rewrite_is_whole_and_not_done_twice(child, where):
    write(**{f"f{n}_txt": f"text {n}\n" for n in range(COUNT)})
    words = ("files", "rewrite", ".", "--how", "x", "--apply", "--jobs", "1")
    assert child(where, 3, *words).returncode == -9
    for n in range(COUNT):
        assert Path(f"f{n}.txt").read_text() in (f"text {n}\n", f"text {n}!\n")
    done = child("nowhere", 0, *words)
    assert done.returncode == 0, done.stderr
    for n in range(COUNT):
        assert Path(f"f{n}.txt").read_text() == f"text {n}!\n"
    # While one was written, another may have been asked about; nobody has its answer.
    assert asked().total() <= COUNT + 1
    assert len(os.listdir()) == COUNT


def test_two_processes_do_not_ask_the_same(child, command, model):
    write(a_txt="one")
    other = child("waiting", 0, "files", "summarise", "a.txt", start=True)
    assert other.stdout.readline() == "waiting\n"
    model.name = "scripted"
    code, out, err = command("files", "summarise", "a.txt")
    assert (code, out, model.asked) == (1, "", [])
    assert "1 left" in err
    assert "another process is at it" in err
    out, _ = other.communicate("\n\n")
    assert (other.returncode, out) == (0, "waiting\na.txt: fine\n")
    assert command("files", "summarise", "a.txt")[:2] == (0, "a.txt: fine\n")


def test_of_two_who_begin_at_once_one_asks(tmp_path):
    one, two = Journal(tmp_path), Journal(tmp_path)
    assert one.begin("key", "run 1", "")
    assert not two.begin("key", "run 2", "")
    assert two.begin("key", "run 2", "run 1")
    assert not one.begin("key", "run 3", "run 1")
    one.close()
    two.close()
