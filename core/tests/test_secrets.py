"""Settings refer to secrets, and what was revealed is never shown."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

import pytest
from pydantic import TypeAdapter

from plugwright import redaction
from plugwright.errors import PluginError, UsageError, in_one_line
from plugwright.host import Host, trace_to_stderr
from plugwright.ledger import Kind
from plugwright.lines import say
from plugwright.redaction import redact
from plugwright.secrets import Secret
from plugwright.stages import HostPlugin

WORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """What one test reveals is no secret to the next."""
    monkeypatch.setattr(redaction, "_hidden", set())


@pytest.fixture
def revealed(monkeypatch):
    monkeypatch.setenv("TUTOR_KEY", WORD)
    assert Secret("env:TUTOR_KEY").reveal() == WORD


def test_a_secret_is_read_where_it_is_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("TUTOR_KEY", "one")
    file = tmp_path / "key"
    file.write_text("  two\n")
    assert Secret("env:TUTOR_KEY").reveal() == "one"
    assert Secret(f"file:{file}").reveal() == "two"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Secret("file:~/key").reveal() == "two"


def test_it_is_read_each_time_as_it_is_now(monkeypatch):
    secret = Secret("env:TUTOR_KEY")
    for word in ("one", "two"):
        monkeypatch.setenv("TUTOR_KEY", word)
        assert secret.reveal() == word


@pytest.mark.parametrize(
    "written", ["sk-12345678", "", "env:", "env:a b", "file:", "ENV:X", "env:é"]
)
def test_a_secret_itself_is_no_reference_and_is_not_repeated(written):
    with pytest.raises(UsageError) as error:
        Secret(written)
    assert "sk-" not in str(error.value)
    assert error.value.remedy.startswith("write `env:NAME` or `file:PATH`")


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match="has no `NOT_SET`") as error:
        Secret("env:NOT_SET").reveal()
    assert error.value.remedy == "export NOT_SET=..., then again"
    for path in (tmp_path / "gone", tmp_path, "relative", "~nobody-at-all/key"):
        with pytest.raises(UsageError, match="cannot be read"):
            Secret(f"file:{path}").reveal()


def test_a_file_that_is_no_text_is_told(tmp_path):
    (tmp_path / "key").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot be read"):
        Secret(f"file:{tmp_path / 'key'}").reveal()


KEY = Secret("env:TUTOR_KEY")


@dataclass
class Settings:
    key: Secret = KEY


def test_a_model_takes_a_reference_and_its_schema_says_so():
    adapter = TypeAdapter(Settings)
    assert adapter.validate_python({"key": "env:X"}).key.reference == "env:X"
    with pytest.raises(UsageError):
        adapter.validate_python({"key": WORD})
    schema = adapter.json_schema()["properties"]["key"]
    assert schema["type"] == "string"
    assert schema["default"] == "env:TUTOR_KEY"
    assert schema["description"] == "where the secret is: `env:NAME` or `file:PATH`"


def test_it_shows_where_it_is_and_not_what_it_is(revealed):
    assert repr(Secret("env:TUTOR_KEY")) == "Secret('env:TUTOR_KEY')"


# What was revealed is hidden.


def test_before_it_was_revealed_nothing_is_hidden():
    assert redact(WORD) == WORD


def test_what_was_revealed_is_hidden_in_every_way_out(revealed, home, capsys):
    said = f"401 for key {WORD}!"
    hidden = "401 for key [secret]!"
    assert redact(said) == hidden
    assert in_one_line(ValueError(said)) == f"ValueError: {hidden}"
    assert in_one_line(PluginError("tutor", said)) == f"`tutor`: {hidden}"
    row = HostPlugin("tutor", "tutor").blamed(said, f"try {WORD}")
    assert (row.problem, row.remedy) == (hidden, "try [secret]")
    say(said)
    trace_to_stderr(said)
    shown = capsys.readouterr()
    assert shown.out == f"{hidden}\n"
    assert shown.err == f"plugwright: {hidden}\n"
    with Host(home) as host:
        host.ledger.note(Kind.DENIED, plugin="tutor", detail={"why": said})
        assert host.ledger.rows()[0].facts() == {"why": hidden}
        assert host.ledger.verify() is None


def test_a_secret_that_is_cut_short_is_hidden_before_it_is_cut(revealed):
    told = in_one_line(ValueError("x" * 280 + WORD))
    assert "correct" not in told


def test_every_line_of_a_long_secret_is_hidden_and_its_other_ways_of_writing(
    monkeypatch,
):
    key = 'BEGIN KEY\nabcdef"äöü"\nEND KEY'
    monkeypatch.setenv("TUTOR_KEY", key)
    Secret("env:TUTOR_KEY").reveal()
    for text in (key, repr(key), key.replace("\n", " ")):
        assert "BEGIN" not in redact(text)
        assert "END KEY" not in redact(text)
    assert "abcdef" not in redact('x abcdef"äöü" y')


@pytest.mark.parametrize("word", ['say "friend"', "pässwörd", "back\\slash", "it's so"])
@pytest.mark.parametrize(
    "write",
    [str, repr, ascii, json.dumps, lambda it: repr(repr(it)), lambda it: repr({1: it})],
)
def test_a_secret_is_hidden_however_python_and_json_write_it(monkeypatch, word, write):
    monkeypatch.setenv("TUTOR_KEY", word)
    Secret("env:TUTOR_KEY").reveal()
    assert "[secret]" in redact(write(word))


def test_logs_show_no_secret_neither_as_arguments_nor_in_tracebacks(revealed, caplog):
    log = logging.getLogger("plugwright.tutor")
    try:
        raise ValueError(f"no use: {WORD}")
    except ValueError:
        log.exception("asked with %s", WORD)
    assert "ERROR" in caplog.text
    assert "asked with [secret]" in caplog.text
    assert "ValueError: no use: [secret]" in caplog.text
    assert WORD not in caplog.text


def test_what_is_too_short_would_hide_half_of_everything(monkeypatch):
    monkeypatch.setenv("TUTOR_KEY", "a")
    Secret("env:TUTOR_KEY").reveal()
    assert redact("a cat") == "a cat"


def test_a_longer_secret_is_hidden_before_a_shorter_one_in_it(monkeypatch):
    for word in ("secret-one", "secret-one-and-two"):
        monkeypatch.setenv("TUTOR_KEY", word)
        Secret("env:TUTOR_KEY").reveal()
    assert redact("secret-one-and-two") == "[secret]"


def test_what_a_plugin_raises_with_a_secret_in_it_is_neither_shown_nor_kept(
    home, installed, monkeypatch, capfd
):
    from plugwright.cli.door import run

    monkeypatch.setenv("TUTOR_KEY", WORD)
    installed.plugin(
        "leaks",
        "from plugwright.hooks import hookimpl\n"
        "from plugwright.secrets import Secret\n"
        "key = Secret('env:TUTOR_KEY').reveal()\n"
        "@hookimpl\ndef subcommands(): raise ValueError('no use: ' + key)\n",
    )
    installed.plugin(
        "tells",
        "import click\n"
        "from plugwright.hooks import hookimpl\n"
        "from plugwright.secrets import Secret\n"
        "@click.command()\n"
        "def leak(): raise ValueError('told ' + Secret('env:TUTOR_KEY').reveal())\n"
        "@hookimpl\ndef subcommands(): return [leak]\n",
    )
    home.make()
    monkeypatch.setenv("PLUGWRIGHT_TRACE", "1")
    run(["nothing"])
    run(["plugins", "--json"])
    run(["--debug", "leak"])
    out, err = capfd.readouterr()
    [row] = [row for row in json.loads(out)["host"] if row["name"] == "leaks"]
    assert row["problem"] == (
        "its hook `subcommands` failed: ValueError: no use: [secret]"
    )
    assert "subcommands: leaks failed: ValueError: no use: [secret]" in err
    assert "ValueError: told [secret]" in err
    assert "Traceback" in err
    assert WORD not in out + err
    assert WORD.encode() not in home.database.read_bytes()
