"""What the README says is what happens."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT

README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    fenced = re.findall(
        r"^```(\w*)\n(.*?)^```$", README, flags=re.DOTALL | re.MULTILINE
    )
    return [block for name, block in fenced if name == language]


def named(file: str) -> str:
    """The block of Python that begins with the name of a file."""
    (found,) = [text for text in blocks("python") if text.startswith(f"# {file}\n")]
    return found


def commands() -> tuple[str, str]:
    """The two commands that do everything, each a single line."""
    lines = [block.strip() for block in blocks("") if "\n" not in block.strip()]
    demo = next(line for line in lines if "plugwright demo" in line)
    tests = next(line for line in lines if line.endswith(".venv/bin/tox"))
    return demo, tests


def test_both_commands_are_single_lines_and_ci_calls_the_second():
    demo, tests = commands()

    assert "\n" not in demo + tests
    assert (ROOT / ".ci" / "run").read_text().endswith(f"{tests}\n")


def test_the_example_plugin_is_judged_approved_and_run(run, tmp_path):
    source, tests = named("plugin.py"), named("tests/test_plugin.py")
    (manifest,) = blocks("toml")
    folder = tmp_path / "word-counter"
    (folder / "tests").mkdir(parents=True)
    (folder / "plugin.py").write_text(source)
    (folder / "tests" / "test_plugin.py").write_text(tests)
    (folder / "plugin.toml").write_text(manifest)
    (tmp_path / "text.json").write_text('"to be or not to be"')

    added = run("add", str(folder), "--yes")
    counted = run("run", "word-counter", "count", "--input", "text.json")
    native = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert added.returncode == 0, added.stderr
    assert json.loads(counted.stdout) == {"to": 2, "be": 2, "or": 1, "not": 1}
    assert "1 passed" in native.stdout


STAND_IN = """
from plugwright.providers import Completion, Finish, ToolCall
from plugwright_cassette.scripted import Scripted

call = ToolCall(id="1", name="lessons", arguments={"child": "Ada"})
asks = Completion(text="", calls=(call,), finish=Finish.TOOLS)


def answer(request):
    last = request.messages[-1]
    return f"Ada: {last.content}" if last.role == "tool" else asks


MODEL = Scripted(answer)
"""


def test_the_example_agent_looks_up_lessons_and_can_be_talked_to(
    run, tmp_path, environment
):
    source = named("tutor.py")
    model = '"ollama/qwen2.5:7b"'
    assert source.count(model) == 1
    (tmp_path / "tutor.py").write_text(
        f"from stand_in import MODEL\n{source.replace(model, 'MODEL')}"
    )
    (tmp_path / "stand_in.py").write_text(STAND_IN)

    done = subprocess.run(
        [sys.executable, "tutor.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    talked = run("chat", "tutor:agent", input="When does Ada practise?")
    shown = run("runs", "show", "last")

    assert (done.stdout, done.stderr) == ('Ada: ["monday piano"]\n', "")
    assert '["monday piano"]' in talked.stdout
    assert "Explain it to a child." in shown.stdout
    assert 'calls lessons {"child": "Ada"}' in shown.stdout


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git to clone")
def test_the_demo_command_works_in_a_fresh_clone_with_a_fresh_home(tmp_path):
    """As a newcomer: nothing built, nothing cached, nothing configured."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(tmp_path / "user"),
        "PLUGWRIGHT_HOME": str(tmp_path / "home"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        **_package_settings(),
    }
    (tmp_path / "user").mkdir()

    done = subprocess.run(
        ["bash", "-c", commands()[0]],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((clone / "week.json").read_text("utf-8"))["lessons"]
    assert "building the sandbox" in done.stderr


def _package_settings() -> dict[str, str]:
    """How this machine reaches packages; a person's machine has such settings, too."""
    import os

    settings = {k: v for k, v in os.environ.items() if k.startswith("PIP_")}
    for path in (Path.home() / ".config/pip/pip.conf", Path("/etc/pip.conf")):
        if path.exists():
            settings.setdefault("PIP_CONFIG_FILE", str(path))
    return settings
