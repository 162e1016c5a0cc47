"""Runs of our own commands are replayed and resumed by what their records say."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from repositories import begin, run, two_commits
from scripts import Model, says, wants

import plugwright_memory
from plugwright import Agent
from plugwright.agents.builder import RUNS
from plugwright.agents.references import agent_at, written
from plugwright.agents.runbook import opened
from plugwright.cli.door import told
from plugwright.cli.runs import runs
from plugwright.errors import Unavailable, UsageError
from plugwright_agents.made import reference

SCHEMA = {
    "type": "object",
    "properties": {"who": {"type": "string"}},
    "required": ["who"],
}
ACCOUNT = {"claims": [{"says": "Ann did.", "commits": ["HEAD"]}]}
CHANGES = {"entries": [{"kind": "added", "what": "Two.", "commits": ["HEAD"]}]}
CODE = "def half(of):\n    return of / 2\n"


@pytest.fixture
def replay(command, capfd):
    """Run `plugwright runs …`; give code, output and errors."""

    def replay(*arguments):
        capfd.readouterr()
        try:
            code = runs.main([*arguments], standalone_mode=False)
        except Exception as error:
            code = told(error)
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code or 0, out, err

    return replay


@pytest.fixture
def folder(command, monkeypatch):
    """A repository, with something staged and something to work on."""
    begin(monkeypatch)
    two_commits()
    Path("notes.txt").write_text("Ada plays the piano.\n")
    Path("half.py").write_text(CODE)
    Path("schema.json").write_text(json.dumps(SCHEMA))
    Path("a.py").write_text("one = 1\ntwo = 2\nthree = 3\n")
    run("add", "a.py")
    return Path.cwd()


def named(answer):
    """Put the id of the newest commit where an answer has `HEAD`."""
    return json.dumps(answer).replace("HEAD", run("rev-parse", "HEAD").strip())


COMMANDS = {
    "hello": (["hello", "Who are you?"], "I am a script."),
    "summarise": (["files", "summarise", "notes.txt"], "About Ada."),
    "classify": (
        ["files", "classify", "notes.txt", "--labels", "bug,wish"],
        '{"label": "wish"}',
    ),
    "extract": (
        ["files", "extract", "notes.txt", "--schema", "schema.json"],
        '{"who": "Ada"}',
    ),
    "rewrite": (["files", "rewrite", "notes.txt", "--how", "shout"], "ADA PLAYS.\n"),
    "explain": (["git", "explain", "HEAD"], "It adds two."),
    "review": (["git", "review", "HEAD"], '{"remarks": []}'),
    "message": (["git", "message"], "Add three"),
    "changelog": (["git", "changelog"], CHANGES),
    "why a line": (["git", "why", "a.py:1"], ACCOUNT),
    "why in words": (["git", "why", "Why is there a two?"], ACCOUNT),
    "docstrings": (["docs", "docstrings", "half.py", "--yes"], "Halve it."),
}


@pytest.fixture(params=COMMANDS)
def done(request, command, folder, model):
    """One of the commands, typed and answered; gives its name, and what was said."""
    words, answer = COMMANDS[request.param]
    said = answer if isinstance(answer, str) else named(answer)
    if request.param == "why in words":
        model.answers, model.by = [wants("log"), says(said)], None
    elif request.param == "why a line":  # the first commit is the one that it shows
        first = run("rev-parse", "v1").strip()
        said = said.replace(run("rev-parse", "HEAD").strip(), first)
        model.by = lambda request: said
    else:
        model.by = lambda request: said
    code, _, err = command(*words)
    assert code == 0, err
    model.answers, model.by = [], None  # from here on, nobody answers
    return request.param, said


def test_every_command_says_the_same_in_a_replay(replay, done, model):
    asked = len(model.asked)
    code, out, err = replay("replay", "last")
    assert (code, err) == (0, "nothing differs from the record\n")
    assert out == f"{done[1]}\n"
    assert len(model.asked) == asked


def test_what_is_done_is_only_shown_again_by_a_resume(replay, done, model):
    asked = len(model.asked)
    code, out, _ = replay("resume", "last")
    assert (code, len(model.asked)) == (0, asked)
    assert out == f"{done[1]}\n"


def test_a_replay_names_the_setting_that_changed(replay, done, home):
    with opened(home.folder / RUNS) as book:
        agent = book.row("last").agent
    (home.folder / "config.toml").write_text(
        f"[agents.{agent}]\ninstructions = 'Be kind.'\ntemperature = 0.5\n"
    )
    code, _, err = replay("replay", "last")
    assert code == 1
    assert "the instructions differ" in err
    assert "`temperature` is 0.5, and was " in err


def test_a_record_shows_a_person_what_the_agent_is_made_of(replay, done):
    _, out, _ = replay("show", "last")
    shown = " ".join(out.split())
    assert "made by plugwright_agents.made:" in shown
    assert '{"model": "echo:x"' in shown


def test_a_replay_works_in_any_folder(replay, done, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert replay("replay", "last")[0] == 0
    if done[0] == "why in words":
        assert replay("replay", "last", "--tools")[0] == 0


@pytest.mark.parametrize("name", ["summarise", "classify", "extract"])
def test_a_replay_names_the_file_that_changed(command, folder, model, replay, name):
    words, answer = COMMANDS[name]
    model.by = lambda request: answer
    command(*words)
    file = folder / "notes.txt"
    file.write_text("Ada plays the drums.\n")
    code, out, err = replay("replay", "last")
    assert (code, out) == (1, f"{answer}\n")
    assert "message 1 differs: " in err
    assert "drums" in err
    file.unlink()
    code, _, err = replay("replay", "last")
    assert code == 1
    assert "is not read" in err


def test_a_replay_names_what_a_tool_finds_now(command, folder, model, replay):
    model.answers, model.by = [wants("log"), says(named(ACCOUNT))], None
    command("git", "why", "Why is there a two?")
    run("commit", "-qm", "Add three")
    assert replay("replay", "last")[0] == 0  # the tools say what they said
    code, _, err = replay("replay", "last", "--tools")
    assert code == 1
    assert "a tool says something else" in err


def test_a_schema_is_the_one_of_then(command, folder, model, replay):
    model.by = lambda request: '{"who": "Ada"}'
    command("files", "extract", "notes.txt", "--schema", "schema.json")
    Path("schema.json").unlink()
    assert replay("replay", "last")[0] == 0


def test_an_answer_that_was_mended_is_mended_in_the_replay(
    command, folder, model, replay
):
    """The commit exists, and yet the model was not shown it."""
    first = named(ACCOUNT)
    second = json.dumps({"claims": [], "unknown": "why"})
    model.answers, model.by = [first, second], None
    code, _, err = command("git", "why", "a.py:1")
    assert (code, len(model.asked)) == (0, 2), err
    assert replay("replay", "last")[:2] == (0, f"{second}\n")


def test_a_proof_that_is_gone_is_a_difference(command, folder, model, replay):
    said = f"It is as {run('rev-parse', '--short=12', 'v1').strip()} was."
    model.by = lambda request: said
    code, _, _ = command("git", "message")
    assert code == 0
    with closing(sqlite3.connect(opened_file())) as book, book:
        book.execute("UPDATE runs SET made_by = replace(made_by, ?, ?)", moved(folder))
    code, _, err = replay("replay", "last")
    assert code == 1
    assert "it had an answer, and has none now" in err


def opened_file():
    from plugwright.home import Home

    return Home.of_user().folder / RUNS


def moved(folder):
    """Make another repository, which knows none of the commits."""
    other = folder.parent / "other"
    other.mkdir()
    run("init", "-q", "-b", "main", folder=other)
    return json.dumps(str(folder)), json.dumps(str(other))


# Going on.


def test_an_extraction_that_was_stopped_goes_on_with_its_schema(
    command, folder, model, replay
):
    model.by = lambda request: Unavailable("it", "is away")
    code, _, _ = command("files", "extract", "notes.txt", "--schema", "schema.json")
    assert code == 1
    Path("schema.json").unlink()
    asked = len(model.asked)
    model.answers, model.by = ["no JSON", '{"who": "Ada"}'], None
    code, out, _ = replay("resume", "last")
    assert code == 0
    assert out.endswith('{"who": "Ada"}\n')
    assert len(model.asked) == asked + 2  # it was mended
    for request in model.asked[asked:]:
        assert request.schema == SCHEMA
        assert request.sampling.temperature == 0.0
        assert request.sampling.max_tokens == 4096


def test_what_was_resumed_is_known_to_the_command(command, folder, model, replay):
    model.by = lambda request: Unavailable("it", "is away")
    command("files", "extract", "notes.txt", "--schema", "schema.json")
    model.by = lambda request: '{"who": "Ada"}'
    replay("resume", "last")
    asked = len(model.asked)
    code, out, _ = command("files", "extract", "notes.txt", "--schema", "schema.json")
    assert (code, len(model.asked)) == (0, asked)
    assert '"who": "Ada"' in out


@pytest.mark.parametrize(
    ("words", "answer", "tools"),
    [
        (["git", "review", "HEAD"], '{"remarks": []}', []),
        (["git", "explain", "HEAD"], "It adds two.", []),
        (
            ["git", "why", "Why is there a two?"],
            '{"claims": []}',
            ["log", "show", "blame", "find"],
        ),
    ],
)
def test_an_answer_about_a_repository_goes_on_with_what_it_had(
    command, folder, model, replay, words, answer, tools
):
    model.by = lambda request: Unavailable("it", "is away")
    assert command(*words)[0] == 1
    first = model.asked[-1]
    model.by = lambda request: answer
    assert replay("resume", "last")[:2] == (0, f"{answer}\n")
    again = model.asked[-1]
    assert again.messages == first.messages
    assert (again.schema, again.sampling) == (first.schema, first.sampling)
    assert [tool.name for tool in again.tools] == tools == [t.name for t in first.tools]


def test_what_may_be_spent_is_on_record(command, home, configured_price):
    command("hello", "x", "--money", "0.5")
    with opened(home.folder / RUNS) as book:
        assert '"money": 0.5' in book.row("last").made_by


@pytest.fixture
def configured_price(home):
    home.make()
    (home.folder / "prices.toml").write_text(
        'as_of = 2025-10-01\n[models]\n"scripted" = { in = 1.0, out = 2.0 }\n'
    )


# Records that somebody wrote.


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("hello", {}, "`model`: Field required"),
        ("hello", {"model": "echo:x", "code": "x"}, "`code`: Extra inputs"),
        ("hello", {"model": 3}, "`model`: Input should be a valid string"),
        ("files", {"model": "echo:x", "folder": "."}, "`task`: Unable to extract"),
        ("files", {"model": "echo:x", "folder": ".", "task": "x"}, "`task`: Input tag"),
        (
            "files",
            {
                "model": "echo:x",
                "folder": ".",
                "task": "extract",
                "schema": {"type": 3},
            },
            "has no JSON Schema for the agent `files`: 3 is not",
        ),
        (
            "files",
            {
                "model": "echo:x",
                "folder": ".",
                "task": "extract",
                "schema": {"$ref": "http://x/y"},
            },
            "is nowhere in this file",
        ),
        (
            "git",
            {"model": "echo:x", "folder": ".", "answers": "poem", "tokens": 9},
            "`answers`: Input should be 'text'",
        ),
        (
            "git",
            {"model": "echo:x", "folder": "nowhere", "answers": "text", "tokens": 9},
            "nowhere",
        ),
    ],
)
def test_a_reference_that_makes_no_agent_is_said_in_one_sentence(
    command, replay, kind, given, said
):
    command("hello", "x")
    code, out, err = replay(
        "resume", "last", "--agent", written(f"plugwright_agents.made:{kind}", given)
    )
    assert (code, out) == (2, "")
    assert said in " ".join(err.split())
    assert "what to do: " in err


def test_a_record_from_before_says_what_there_is(command, replay):
    command("hello", "x")
    code, _, err = replay("resume", "last", "--agent", "plugwright_agents.made:helo")
    assert code == 2
    assert "did you mean `plugwright_agents.made:hello`?" in err


def test_what_is_empty_is_not_written_down():
    said = reference("hello", model="echo:x", money=None)
    assert said == 'plugwright_agents.made:hello {"model": "echo:x"}'
    assert '"money": 0.0' in reference("hello", model="echo:x", money=0.0)


def test_a_file_whose_name_commands_the_screen_is_compared_too(
    command, folder, model, replay
):
    file = Path("a\x1bb.txt")
    file.write_text("Ada plays.\n")
    model.by = lambda request: "About Ada."
    assert command("files", "summarise", file)[0] == 0
    assert replay("replay", "last")[0] == 0
    file.write_text("Ada sings.\n")
    code, _, err = replay("replay", "last")
    assert (code, "message 1 differs" in err) == (1, True)


# Memory.


@pytest.fixture
def remembering(host, home, tmp_path):
    """Make an agent with a memory, which is told more in the end if that is wished."""
    host.take_in(plugwright_memory, "memory")

    def remembering(*answers, told="Be short."):
        builder = Agent.builder("tester", host=host).model(Model(*answers))
        builder.instructions(told).use("memory").instructions("And kind.")
        return builder.records(tmp_path / "runs.db").build()

    return remembering


def test_a_replay_takes_the_notes_of_then(host, remembering):
    host.memory("sqlite", "agent:tester").remember("Ada plays the piano.")
    with remembering("On Mondays.") as agent:
        done = agent.run("When does Ada play?")
    host.memory("sqlite", "agent:tester").remember("Ada plays the drums, too.")
    with remembering() as agent:
        again = agent.replay(done.run)
    assert again.differences == ()
    assert "Ada plays the piano." in again.result.messages[0].content
    assert "drums" not in again.result.messages[0].content


def test_a_replay_of_a_run_without_notes_recalls_none(host, remembering):
    with remembering("On Mondays.") as agent:
        done = agent.run("When does Ada play?")
    host.memory("sqlite", "agent:tester").remember("Ada plays the piano.")
    with remembering() as agent:
        assert agent.replay(done.run).differences == ()


def test_other_instructions_are_named_all_the_same(host, remembering):
    host.memory("sqlite", "agent:tester").remember("Ada plays the piano.")
    with remembering("On Mondays.") as agent:
        done = agent.run("When does Ada play?")
    with remembering(told="Be long.") as agent:
        [difference] = agent.replay(done.run).differences
    assert "the instructions differ" in difference


def test_a_function_of_ours_says_what_it_has_to_be_given(host):
    with pytest.raises(UsageError, match="`model`"):
        agent_at("plugwright_agents.made:hello", lambda: host)
