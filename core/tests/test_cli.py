"""Every command does what it says, or says in one sentence why not."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import suppress

import pytest
from doubles import Terminal, activate, make_bundle, start, write_bundle

from plugwright import __main__, __version__
from plugwright.bundles import MARKER
from plugwright.cli.door import run
from plugwright.host import Host
from plugwright.lives import State

CHATTY = """
from plugwright_sdk import command, emit, log

@command
def add(left: int, right: int = 1) -> int:
    return left + right

@command
def spell(words: list[str]) -> dict[str, int]:
    log.info("spelling \\x1b[2J")
    print("now \\x1b]0;owned\\x07")
    return {word: len(word) for word in words}

@command
def nothing() -> None:
    pass

@command
def due() -> None:
    emit("lesson-due")
"""
COMMANDS = {"add": ("left", "right"), "spell": ("words",), "nothing": (), "due": ()}
GRANTED = ("events.emit:lesson-due", "log")


@pytest.fixture
def plugwright(home, installed, capfd):
    """Run one command line with the doubles; give its code, output and errors."""
    installed.instead_of_engines()

    def plugwright(*arguments):
        capfd.readouterr()
        code = run([*map(str, arguments)])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return plugwright


@pytest.fixture
def refused(plugwright):
    """Run one command line that fails; give its code and its one sentence."""

    def refused(*arguments):
        code, out, err = plugwright(*arguments)
        assert code != 0
        assert not out
        sentence, *rest = err.removeprefix("building the guest\n").splitlines()
        assert len(rest) <= 1
        assert all(line.startswith("  what to do: ") for line in rest)
        return code, sentence

    return refused


@pytest.fixture
def chatty(home):
    with Host(home) as host:
        return activate(
            host,
            make_bundle(CHATTY, name="chatty", commands=COMMANDS, permissions=GRANTED),
        )


@pytest.fixture
def write(tmp_path):
    def write(content):
        file = tmp_path / "input.json"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return file

    return write


# The door.


def test_help_lists_the_commands_of_the_core_and_of_plugins(plugwright, installed):
    installed.plugin(
        "greets",
        "import click\nfrom plugwright.hooks import hookimpl\n"
        "@click.command()\ndef greet():\n"
        "    'Say hello.'\n    click.echo('hello')\n    raise SystemExit(4)\n"
        "@click.command()\n@click.pass_context\ndef quit(context): context.exit(3)\n"
        "@hookimpl\ndef subcommands(): return [greet, quit]\n",
    )
    for words in ((), ("--help",), ("-h",)):
        code, out, err = plugwright(*words)
        assert (code, err) == (0, "")
        for line in ("greet     Say hello.", "add       Judge the bundle", "rollback"):
            assert line in out
    with pytest.raises(SystemExit, match="4"):
        run(["greet"])
    assert run(["quit"]) == 3


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["plugin"], 2, "plugwright: there is no command `plugin`"),
        (["run"], 2, "plugwright: Missing argument 'NAME'."),
        (["--loud"], 2, "plugwright: No such option '--loud'."),
        (["approve", "none"], 2, "plugwright: there is no plugin `none`"),
    ],
)
def test_a_wrong_command_line_is_answered_in_one_sentence(
    refused, words, code, sentence
):
    assert refused(*words) == (code, sentence)


def test_a_mistyped_command_is_answered_with_the_nearest(plugwright):
    assert plugwright("lugder")[2].splitlines() == [
        "plugwright: there is no command `lugder`",
        "  what to do: did you mean `ledger`?",
    ]


BROKEN_COMMANDS = {
    "half": "def subcommands(): return 1 / 0",
    "thief": "import click\n@hookimpl\ndef subcommands():\n"
    "    return [click.Command('run'), click.Command('greet')]",
    "greeter": "import click\n@hookimpl\ndef subcommands():\n"
    "    return [click.Command('greet', callback=lambda: click.echo('hello'))]",
}


def test_plugins_that_bring_no_good_commands_are_named_and_the_others_work(
    plugwright, installed
):
    for name, source in BROKEN_COMMANDS.items():
        imported = "from plugwright.hooks import hookimpl\n"
        marker = "" if source.startswith("import") else "@hookimpl\n"
        installed.plugin(name, f"{imported}{marker}{source}")

    code, out, err = plugwright("greet")
    assert (code, out) == (0, "")
    assert err.splitlines() == [
        "plugwright: `thief` brings a command `run`, but `Plugwright` has it",
        "plugwright: `greeter` brings a command `greet`, but `thief` has it",
        "plugwright: the plugin `half` is broken",
        "  what to do: see `plugwright plugins`",
    ]
    code, out, err = plugwright("plugins")
    assert (code, err) == (0, "")
    assert "its hook `subcommands` failed: ZeroDivisionError" in out


def test_an_accident_is_told_in_one_sentence_and_in_full_when_asked(refused, installed):
    installed.plugin(
        "trips",
        "import click\nfrom plugwright.hooks import hookimpl\n"
        "@click.command()\ndef trip(): raise LookupError('no\\n  such\\nthing')\n"
        "@hookimpl\ndef subcommands(): return [trip]\n",
    )
    assert refused("trip") == (
        1,
        "plugwright: Plugwright itself failed: LookupError: no such thing",
    )
    for words in (["--debug", "trip"], ["trip", "--debug"]):
        with pytest.raises(LookupError):
            run(words)


@pytest.mark.parametrize(
    ("raised", "sentence"),
    [
        ("OSError(28, 'No space left', 'x')", "refused `x`: No space left"),
        ("OSError('odd')", "refused: odd"),
    ],
)
def test_what_the_machine_refuses_is_named(refused, installed, raised, sentence):
    installed.plugin(
        "fills",
        "import click\nfrom plugwright.hooks import hookimpl\n"
        f"@click.command()\ndef fill(): raise {raised}\n"
        "@hookimpl\ndef subcommands(): return [fill]\n",
    )
    assert refused("fill") == (1, f"plugwright: the machine {sentence}")


def test_an_interrupt_ends_in_one_sentence_and_its_own_code(plugwright, installed):
    installed.plugin(
        "waits",
        "import click\nfrom plugwright.hooks import hookimpl\n"
        "@click.command()\ndef wait(): raise KeyboardInterrupt\n"
        "@hookimpl\ndef subcommands(): return [wait]\n",
    )
    code, _, err = plugwright("wait")
    assert (code, err.strip()) == (130, "plugwright: stopped by you")


def test_debug_shows_the_traceback_wherever_it_stands(home, installed):
    for words in (["--debug", "approve", "x"], ["approve", "x", "--debug"]):
        process = start(installed, *words)
        _, err = process.communicate(timeout=30)
        assert b"Traceback" in err
        assert b"there is no plugin `x`" in err
        assert process.returncode == 1


@pytest.fixture
def interruptible():
    """What runs in the background of a shell would ignore Ctrl-C, and so would its
    children."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_a_person_can_stop_it_at_any_time(home, installed):
    installed.plugin(
        "waits", "import time\nprint('waiting', flush=True)\ntime.sleep(60)"
    )
    process = start(installed, "plugins")
    assert process.stdout.readline() == b"waiting\n"
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert err.strip() == b"plugwright: stopped by you"


def test_the_version_is_told(monkeypatch, capfd, plugwright):
    monkeypatch.setattr(sys, "argv", ["plugwright", "--version"])
    __main__.main()
    assert capfd.readouterr().out == f"plugwright {__version__}\n"
    assert plugwright("--version", "plugins")[:2] == (0, f"plugwright {__version__}\n")


def test_the_exit_code_is_handed_on(monkeypatch, home):
    monkeypatch.setattr(sys, "argv", ["plugwright", "approve", "x"])
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 2


# Plugins.


def test_on_an_empty_home_the_lists_are_short_and_nothing_is_made(plugwright, home):
    code, out, _ = plugwright("plugins")
    assert code == 0
    assert "sandbox                  1.0       loaded" in out
    assert "none yet; `plugwright demo` makes one" in out
    assert plugwright("ledger") == (0, "", "")
    assert plugwright("ledger", "verify")[1] == "The ledger is whole: 0 rows.\n"
    assert not home.folder.exists()


def test_a_broken_host_plugin_is_listed_with_its_remedy(plugwright, installed):
    installed.plugin("torn", "raise RuntimeError('torn')")
    code, out, _ = plugwright("plugins")
    assert code == 0
    assert (
        "  torn                     1.0       broken\n"
        "    RuntimeError: torn\n"
        "    what to do: update or uninstall `torn-distribution`\n"
    ) in out


def test_the_list_says_what_every_plugin_is_waiting_for(plugwright, home, installed):
    with Host(home) as host:
        activate(host, make_bundle())
        activate(host, make_bundle(version="2"))
        host.lives.disable("doubler")
    info = installed.add("ready", {"ready": MARKER})
    write_bundle(info / "bundle", make_bundle(name="ready"))
    (info / "RECORD").write_text(f"{info.name}/bundle/plugin.toml,,\n")

    _, out, _ = plugwright("plugins")
    assert "  doubler                  1         replaced\n" in out
    assert (
        "  doubler                  2         disabled\n"
        "    a person disabled it; to run it again: `plugwright enable doubler`\n"
    ) in out
    assert (
        "  ready                    1         installed, not approved\n"
        "    to look at it and decide: `plugwright approve ready`\n"
    ) in out
    assert "none yet" not in out


def test_the_list_can_be_read_by_programs(plugwright, chatty, installed):
    installed.plugin("torn", "raise RuntimeError('torn')")
    code, out, _ = plugwright("plugins", "--json")
    told = json.loads(out)

    assert code == 0
    problems = {plugin["name"]: plugin["problem"] for plugin in told["host"]}
    assert problems["torn"] == "RuntimeError: torn"
    assert problems["sandbox"] == ""
    [life] = told["sandboxed"]
    assert (life["plugin"], life["state"]) == ("chatty", "active")
    assert life["remedy"] == "to stop it: `plugwright disable chatty`"


# The life of a plugin.


def test_a_plugin_goes_from_a_folder_through_its_whole_life(plugwright, home, tmp_path):
    folder = write_bundle(tmp_path / "doubler", make_bundle())
    code, out, _ = plugwright("add", folder, "--yes")
    assert code == 0
    assert "Approved by the flag --yes: `doubler` is active." in out

    assert plugwright("disable", "doubler")[:2] == (
        0,
        "`doubler` is disabled; `plugwright enable doubler` undoes it.\n",
    )
    assert plugwright("enable", "doubler")[:2] == (0, "`doubler` 1 is active.\n")
    write_bundle(folder, make_bundle(version="2"))
    assert plugwright("add", folder, "--yes")[0] == 0
    assert plugwright("rollback", "doubler")[:2] == (
        0,
        "`doubler` runs as version 1 again.\n",
    )
    assert "to run it again: `plugwright enable doubler 2`" in plugwright("plugins")[1]
    assert plugwright("enable", "doubler", "2")[:2] == (0, "`doubler` 2 is active.\n")
    assert "known are `2`, `1`" in plugwright("enable", "doubler", "3")[2]


def test_an_unanswered_proposal_is_exit_code_one_and_can_be_approved_later(
    plugwright, tmp_path, home
):
    folder = write_bundle(tmp_path / "doubler", make_bundle())
    assert plugwright("add", folder)[0] == 1
    assert plugwright("approve", "doubler")[0] == 1
    assert plugwright("approve", "doubler", "--yes")[0] == 0
    assert Host(home).lives.current("doubler").state is State.ACTIVE


def test_an_upgrade_that_waits_is_what_approve_means(plugwright, tmp_path, chatty):
    bundle = make_bundle(name="chatty", version="2")
    folder = write_bundle(tmp_path / "chatty", bundle)
    assert plugwright("add", folder)[0] == 1
    _, out, _ = plugwright("approve", "chatty", "--yes")
    assert "Proposal: chatty 2" in out


def test_what_is_active_needs_no_second_approval(refused, chatty):
    assert refused("approve", "chatty") == (
        2,
        "plugwright: `chatty` is active already",
    )


def test_what_is_active_without_a_fitting_approval_can_be_approved_anew(
    plugwright, home, chatty
):
    with sqlite3.connect(home.database) as connection:
        connection.execute("UPDATE approvals SET quota = '{}'")
    connection.close()
    assert plugwright("run", "chatty", "nothing")[0] == 2

    assert plugwright("approve", "chatty", "--yes")[0] == 0
    assert plugwright("run", "chatty", "nothing")[0] == 0


def test_a_folder_without_a_manifest_is_no_bundle(refused, tmp_path):
    assert refused("add", tmp_path / "none") == (
        2,
        f"plugwright: `{tmp_path / 'none'}` has no plugin.toml",
    )


BAD_MANIFESTS = {
    "[plugin": "`plugin.toml` is not TOML",
    "[plugin]\nname = 'doubler'\n": "`plugin.toml`: `plugin.version` is missing",
}


@pytest.mark.parametrize("text", BAD_MANIFESTS)
def test_a_broken_manifest_is_told_with_its_place_and_nothing_is_written(
    refused, home, tmp_path, text
):
    folder = write_bundle(tmp_path / "doubler", make_bundle())
    (folder / "plugin.toml").write_text(text)
    code, sentence = refused("add", folder)
    assert code == 2
    assert BAD_MANIFESTS[text] in sentence
    assert not home.bundles.exists()


def test_an_unknown_permission_is_told_with_the_nearest(plugwright, tmp_path):
    folder = write_bundle(tmp_path / "x", make_bundle(permissions=("storage",)))
    manifest = folder / "plugin.toml"
    manifest.write_text(manifest.read_text().replace('"storage"', '"storrage"'))
    code, _, err = plugwright("add", folder)
    assert code == 2
    assert "there is no permission `storrage`" in err
    assert "did you mean `storage`?" in err


def test_a_second_plugwright_is_told_who_holds_the_home(refused, home):
    with Host(home):
        code, sentence = refused("disable", "x")
    assert code == 2
    assert sentence == (
        f"plugwright: another Plugwright (process {os.getpid()}) is using "
        f"`{home.folder}`"
    )


# Running.


def test_a_command_answers_in_json_and_says_what_it_used(plugwright, chatty, write):
    file = write('{"left": 1, "right": 41}')
    code, out, err = plugwright("run", "chatty", "add", "--input", file)
    assert (code, out) == (0, "42\n")
    assert err.splitlines()[1].startswith("used: ")
    assert "0 host calls" in err


@pytest.mark.parametrize(
    "given", ['["añb"]', '{"words": ["añb"]}', b'\xef\xbb\xbf["a\xc3\xb1b"]']
)
def test_an_only_argument_needs_no_name(plugwright, chatty, write, given):
    file = write(given)
    code, out, _ = plugwright("run", "chatty", "spell", "--input", file)
    assert (code, out) == (0, '{\n  "añb": 3\n}\n')


def test_the_input_may_come_from_standard_input(plugwright, chatty, monkeypatch):
    given = io.TextIOWrapper(io.BytesIO(b'{"left": 2}'))
    monkeypatch.setattr(sys, "stdin", given)
    assert plugwright("run", "chatty", "add", "--input", "-")[:2] == (0, "3\n")


def test_a_command_without_arguments_needs_no_input(plugwright, chatty):
    assert plugwright("run", "chatty", "nothing")[:2] == (0, "null\n")


def test_nothing_that_a_plugin_prints_logs_or_answers_reaches_the_terminal_raw(
    plugwright, chatty, write
):
    file = write(json.dumps(["\x9b2J\u202e"]))
    code, out, err = plugwright("run", "chatty", "spell", "--input", file)
    assert code == 0
    assert "info: spelling  [2J" in err
    assert "now \\u001b]0;owned\\u0007" in err
    assert "\\u009b2J\\u202e" in out
    assert json.loads(out) == {"\x9b2J\u202e": 4}


def test_who_listened_and_failed_is_named(plugwright, chatty, home):
    with Host(home) as host:
        activate(host, make_bundle("1 / 0", name="torn", events=("lesson-due",)))
    code, out, err = plugwright("run", "chatty", "due")
    assert (code, out) == (0, "null\n")
    assert "  `lesson-due` was not heard: `torn`: ZeroDivisionError" in err


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("{", "is not JSON: "),
        ("NaN", "is not JSON: it has no number `NaN`"),
        ("[" * 100_000, "is not JSON: "),
        (b"\xff", "is not JSON: 'utf-8' codec"),
        ("[1, 2]", "the input has to be an object with the command's arguments"),
        ('{"left": "x"}', "`chatty` cannot use this input: `left` must be"),
        ('{"middle": 1}', "`chatty` cannot use this input: `middle`"),
    ],
)
def test_unfit_input_is_told_in_one_sentence(refused, chatty, write, given, sentence):
    code, said = refused("run", "chatty", "add", "--input", write(given))
    assert code == 2
    assert sentence in said


def test_input_for_a_command_that_takes_none_is_refused(plugwright, chatty, write):
    _, _, err = plugwright("run", "chatty", "nothing", "--input", write("[]"))
    assert "it takes none: leave out --input" in err
    _, _, err = plugwright("run", "chatty", "add", "--input", write("[]"))
    assert "name them: `left`, `right`" in err


def test_an_unknown_command_is_told_whatever_the_input(refused, chatty, write):
    assert refused("run", "chatty", "spel", "--input", write("[]")) == (
        2,
        "plugwright: `chatty` has no command `spel`",
    )


@pytest.mark.parametrize(
    ("file", "why"),
    [("none.json", "No such file or directory"), ("", "Is a directory")],
)
def test_input_that_cannot_be_read_is_named(refused, chatty, tmp_path, file, why):
    path = tmp_path / file
    assert refused("run", "chatty", "add", "--input", path) == (
        2,
        f"plugwright: cannot read `{path}`: {why}",
    )


def test_the_answer_can_go_to_a_file(plugwright, chatty, write, tmp_path):
    file, target = write('{"left": 1}'), tmp_path / "answer.json"
    target.write_text("old")
    code, out, _ = plugwright(
        "run", "chatty", "add", "--input", file, "--output", target
    )
    assert (code, out) == (0, "")
    assert target.read_text() == "2\n"


def test_an_answer_that_cannot_be_written_leaves_nothing_half_written(
    refused, chatty, write, tmp_path
):
    before = {*tmp_path.iterdir()}
    for target in (tmp_path / "none" / "x", tmp_path / "home"):
        code, said = refused("run", "chatty", "nothing", "--output", target)
        assert code == 2
        assert f"cannot write `{target}`" in said
    assert {*tmp_path.iterdir()} == before


def test_what_is_not_active_does_not_run(refused, home):
    with Host(home) as host:
        host.lives.unpacked(make_bundle())
    assert refused("run", "doubler", "double") == (
        2,
        "plugwright: `doubler` 1 is unpacked and cannot be run",
    )


# The ledger.


def test_the_ledger_is_told_the_newest_first(plugwright, chatty):
    code, out, _ = plugwright("ledger", "--limit", "2")
    first, *_ = out.splitlines()
    assert code == 0
    assert first.split() == ["5", first.split()[1], "active", "chatty", chatty[:12]]
    assert "    4  " in out
    assert '"by":"a test"' in out
    assert "    3  " not in out


def test_the_ledger_can_be_read_by_programs_and_for_one_plugin(plugwright, chatty):
    _, out, _ = plugwright("ledger", "--json", "--plugin", "chatty")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["kind"] for row in rows] == [
        "active",
        "approved",
        "proposed",
        "judged",
        "forged",
    ]
    assert rows[3]["detail"]["passed"] is True
    assert plugwright("ledger", "--json", "--plugin", "none")[1] == ""


def test_a_whole_ledger_is_told_with_its_length(plugwright, chatty):
    assert plugwright("ledger", "verify")[:2] == (0, "The ledger is whole: 5 rows.\n")


def flip(home, old, new):
    with sqlite3.connect(home.database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    raw = home.database.read_bytes()
    assert raw.count(old) >= 1
    home.database.write_bytes(raw.replace(old, new))


def test_one_flipped_byte_breaks_the_ledger(refused, plugwright, home, chatty):
    flip(home, b'"by":"a test"', b'"by":"a pest"')
    assert refused("ledger", "verify") == (
        1,
        "plugwright: the ledger is broken at row 4: row 4 was changed",
    )
    assert plugwright("ledger")[0] == 0


def test_a_row_that_is_no_json_any_more_is_shown_as_it_is(plugwright, home, chatty):
    flip(home, b'"by":"a test"', b'"by\x1b:"a test"')
    code, out, _ = plugwright("ledger")
    assert code == 0
    assert '"by\\u001b:"a test"' in out
    code, out, _ = plugwright("ledger", "--json")
    assert code == 0
    assert '"by\x1b:"a test"' in json.loads(out.splitlines()[1])["detail"]


def test_a_reader_that_leaves_early_is_not_bothered(home, installed, chatty):
    command = f"'{sys.executable}' -m plugwright ledger | head -1"
    done = subprocess.run(
        command,
        shell=True,
        capture_output=True,
        env=installed.environment(),
        timeout=30,
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""
    process = start(installed, "ledger")
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    process.wait()


# The machine.


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder],
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(disk, free):
    """Leave so many bytes."""
    with open(disk / "filler", "ab", buffering=0) as filler:
        with suppress(OSError):
            while filler.write(bytes(4096)):
                pass
        filler.truncate(max(0, filler.tell() - free))


def test_wherever_the_disk_gets_full_it_is_told_in_one_sentence(
    plugwright, small_disk, tmp_path, monkeypatch
):
    home = small_disk / "home"
    monkeypatch.setenv("PLUGWRIGHT_HOME", str(home))
    folder = write_bundle(tmp_path / "doubler", make_bundle())
    failures = []
    for pages in range(200):
        fill(small_disk, 4096 * pages)
        code, _, err = plugwright("add", folder, "--yes")
        if code == 0:
            break
        failures.append(err.removeprefix("building the guest\n").splitlines())
        assert code == 1
        assert not [*home.glob("bundles/.*")]
        assert plugwright("ledger", "verify")[0] in (0, 1)
        shutil.rmtree(home)

    assert len(failures) > 5
    for sentence, remedy in failures:
        assert sentence.startswith("plugwright: cannot use `")
        assert sentence.endswith(("the disk is full", "the disk failed"))
        assert "free some space" in remedy or "how full it is" in remedy
    assert plugwright("run", "doubler", "double", "--input", "-")[0] == 2


# The progress of long work.


def test_long_work_moves_a_bar_at_a_terminal_and_leaves_nothing_behind(monkeypatch):
    from plugwright.cli.progress import progress_bar

    terminal = Terminal("")
    with open(terminal.slave, "w", closefd=False) as screen:
        monkeypatch.setattr(sys, "stderr", screen)
        monkeypatch.setenv("TERM", "xterm")
        with progress_bar() as report:
            report("building [the] guest", 0.1)
            report("building [the] guest", 1.0)
            report("warming it", 0.5)
    shown = terminal.shown()
    assert "━" in shown
    assert "warming it" in shown
    assert shown.endswith("\x1b[2K")


def test_long_work_is_a_line_each_when_nobody_is_at_a_terminal(capsys):
    from plugwright.cli.progress import progress_bar

    with progress_bar() as report:
        for part in (0.1, 0.5, 1.0):
            report("building [the] guest", part)
        report("warming it", 0.5)
    assert capsys.readouterr().err == "building [the] guest\nwarming it\n"
