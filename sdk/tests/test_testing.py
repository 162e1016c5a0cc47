"""What acceptance tests use, and that it starts afresh for each of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from plugwright_sdk import storage, testing

GREETER = Path(__file__).parent / "examples" / "greeter"


def run_pytest(folder, *options):
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-c", os.devnull),
            *("--rootdir", ".", *options),
        ],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([".", *sys.path])},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_passes_its_own_tests_under_plain_pytest():
    run = run_pytest(GREETER)

    assert "5 passed" in run.stdout, run.stdout + run.stderr


def test_a_broken_plugin_fails_its_tests(tmp_path):
    (tmp_path / "plugin.py").write_text(
        "from plugwright_sdk import command, storage\n"
        "@command\n"
        "def count() -> int:\n"
        "    storage.set('n', storage.get('n', 0) + 2)\n"
        "    return storage.get('n')\n"
    )
    (tmp_path / "test_count.py").write_text(
        "from plugin import count\n"
        "def test_one(): assert count() == 1\n"
        "def test_two(): assert count() == 2\n"
    )

    run = run_pytest(tmp_path)

    assert "1 failed, 1 passed" in run.stdout, run.stdout + run.stderr


def test_reset_forgets_everything():
    testing.store("a", 1)
    testing.set_clock("2026-03-01")

    testing.reset()

    assert testing.stored("a", "gone") == "gone"
    assert storage.keys() == []
    assert testing.emitted() == testing.logged() == []


def test_storing_reaches_the_plugin_and_back():
    testing.store("a", {"b": 1})

    assert storage.get("a") == testing.stored("a") == {"b": 1}


def test_an_event_is_sent_to_a_plugin_that_no_test_imported(plugin):
    plugin("""
        from plugwright_sdk import emit, on

        @on("ping")
        def answer(data: int) -> None:
            emit("pong", data + 1)
    """)

    assert testing.send("ping", 1) == 1
    assert testing.emitted() == [{"name": "pong", "data": 2}]


def test_without_a_plugin_nobody_hears():
    assert testing.send("ping") == 0


def test_a_plugin_that_cannot_be_imported_is_not_hidden(tmp_path, monkeypatch):
    (tmp_path / "plugin.py").write_text("import no_such_module_anywhere")
    monkeypatch.syspath_prepend(tmp_path)

    with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
        testing.send("ping")
