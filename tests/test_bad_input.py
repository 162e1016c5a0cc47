"""Whatever goes wrong: one clear sentence, an exit code, and nothing half-written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from support import one_sentence

PLUGIN = '''
from plugwright_sdk import command

@command
def double(number: int) -> int:
    """Double a number."""
    return number * 2

@command
def spin() -> None:
    """Never end."""
    while True:
        pass
'''
TESTS = "from plugin import double\ndef test_double():\n    assert double(2) == 4\n"
MANIFEST = """
[plugin]
name = "doubler"
version = "0.1.0"
api = ">=0.1,<0.2"
summary = "Doubles numbers."

[plugin.quota]
fuel = 500000000

[commands.double]
summary = "Double a number."
parameters = ["number"]

[commands.spin]
summary = "Never end."
"""


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "doubler"
    (folder / "tests").mkdir(parents=True)
    (folder / "plugin.py").write_text(PLUGIN)
    (folder / "plugin.toml").write_text(MANIFEST)
    (folder / "tests" / "test_plugin.py").write_text(TESTS)
    return folder


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("[plugin]", "[plugin"), "plugin.toml"),
        (("summary =", "sumary ="), "did you mean `summary`"),
        (('">=0.1,<0.2"', '">=9"'), "api"),
        (
            ("[commands.spin]", '[[permissions]]\npermission = "storag"\n'
             'reason = "x"\n\n[commands.spin]'),
            "did you mean `storage`",
        ),
    ],
)  # fmt: skip
def test_a_broken_manifest(run, bundle, home, change, named):
    (bundle / "plugin.toml").write_text(MANIFEST.replace(*change))

    complaint = one_sentence(run("add", str(bundle), "--yes"))

    assert named in complaint
    assert not list((home / "bundles").glob("*"))


def test_an_input_that_does_not_match_the_schema(run, bundle):
    assert run("add", str(bundle), "--yes").returncode == 0

    wrong = run("run", "doubler", "double", "--input", "-", input='{"number": "two"}')
    right = run("run", "doubler", "double", "--input", "-", input="21")

    assert "`number`" in one_sentence(wrong)
    assert right.stdout == "42\n"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (('parameters = ["number"]', 'parameters = ["n"]'), "`double`"),
        (("[commands.spin]", "[commands.spun]"), "`spin`"),
        (("[commands.spin]", '[events]\nhandles = ["x"]\n\n[commands.spin]'), "`x`"),
    ],
)
def test_a_manifest_that_promises_what_the_code_has_not(run, bundle, change, named):
    (bundle / "plugin.toml").write_text(MANIFEST.replace(*change))

    assert f"do not agree about {named}" in one_sentence(run("add", str(bundle)))


def test_a_plugin_that_loops_for_ever(run, bundle):
    run("add", str(bundle), "--yes")

    complaint = one_sentence(run("run", "doubler", "spin"))

    assert "`fuel`" in complaint
    assert run("run", "doubler", "double", "--input", "-", input="1").stdout == "2\n"


def test_a_plugin_that_does_not_compile(run, bundle):
    (bundle / "plugin.py").write_text("def (:\n")

    complaint = one_sentence(run("add", str(bundle), "--yes"))

    assert "plugin.py:1" in complaint
    assert "doubler" not in run("plugins").stdout  # nothing is left behind


@pytest.mark.parametrize(
    "content", [None, "", "{", "[]", '{"format": "other/1", "entries": []}', "\xff"]
)
def test_an_unreadable_recording(run, tmp_path, home, content):
    file = tmp_path / "recording.json"
    if content is not None:
        file.write_bytes(content.encode("latin-1"))

    complaint = one_sentence(run("forge", "a plugin", "--model", f"replay:{file}"))

    assert "recording.json" in complaint


def test_a_question_that_is_not_in_the_recording_is_shown_as_a_difference(run):
    from importlib.resources import files

    recording = files("plugwright_forge").joinpath("demo", "recording.json")
    result = run("forge", "another plugin", "--model", f"replay:{recording}")

    complaint = one_sentence(result)
    assert "requirements-analyst" in complaint
    assert "+another plugin" in complaint


class Careless(threading.Thread):
    """Answers every prompt in a folder with the same words."""

    def __init__(self, folder: Path, words: str) -> None:
        super().__init__(daemon=True)
        self.folder, self.words, self.over = folder, words, False

    def run(self) -> None:
        while not self.over:
            for prompt in self.folder.glob("*.prompt.md"):
                answer = prompt.with_name(
                    re.sub(r"\.prompt\.", ".answer.", prompt.name)
                )
                if not answer.exists():
                    answer.write_text(self.words)
            time.sleep(0.05)


def test_a_model_that_never_answers_as_asked(run, tmp_path):
    folder = tmp_path / "hand"
    folder.mkdir()
    model = Careless(folder, "I would rather talk about the weather.")
    model.start()

    result = run(
        "forge",
        "a plugin",
        "--model",
        f"hand:{folder}",
        "--autonomy",
        "semi-autonomous",
    )
    model.over = True

    complaint = one_sentence(result)
    assert "requirements-analyst" in complaint
    assert len(list(folder.glob("*.prompt.md"))) == 2


def test_no_model_is_one_screen_that_says_what_to_do(run):
    result = run("forge", "a plugin for something else")

    assert result.returncode == 2
    assert len(result.stdout.splitlines()) + len(result.stderr.splitlines()) <= 40
    for way in ("--model hand", "hand:FOLDER", "plugwright demo"):
        assert way in result.stdout + result.stderr


def test_debug_shows_the_traceback(run):
    result = run("run", "nobody", "nothing", "--debug")

    assert "Traceback" in result.stderr
    assert result.returncode != 0


@pytest.mark.skipif(
    sys.platform != "linux" or os.getuid() != 0, reason="only root can mount"
)
def test_a_full_disk(run, home, bundle):
    home.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs", str(home)],
        check=False,
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        (home / "filler").write_bytes(b"x" * (200 << 10))
        complaint = one_sentence(run("add", str(bundle), "--yes"))
        (home / "filler").unlink()
        after = run("add", str(bundle), "--yes")
    finally:
        subprocess.run(["umount", str(home)], check=True)

    assert "full" in complaint
    assert str(home) in complaint
    assert after.returncode == 0, after.stderr


@pytest.mark.parametrize("command", ["plugins", "ledger", "run nobody nothing"])
def test_a_home_that_is_a_file(run, home, command):
    home.write_text("not a folder")

    assert str(home) in one_sentence(run(*command.split()))
    assert home.read_text() == "not a folder"


def test_a_database_that_is_none(run, home):
    home.mkdir()
    (home / "plugwright.db").write_text(json.dumps(["not", "a", "database"]) * 100)

    assert "plugwright.db" in one_sentence(run("run", "nobody", "nothing"))
