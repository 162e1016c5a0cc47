"""Code is read without being run, and its pages are as new as it is."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from plugwright_agents.docs.pages import page
from plugwright_agents.docs.parsing import module_name, parsed
from plugwright_agents.docs.prose import markdown
from plugwright_agents.reading import Skip

SOURCE = '''\
"""Things with wheels."""

__all__ = ["Car", "drive", "SPEED"]

SPEED = 3
"""How fast."""


class Car(object):
    """A car.

    It has wheels.
    """

    wheels: int = 4
    """How many."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def colour(self) -> str:
        return "red"

    def honk(
        self,
        loud: bool = False,
    ) -> str:
        # Loud is for children.
        return "tu\\\\t"

    def quiet(self): return None


async def drive(car: Car, *to: str, how="fast", **more: int) -> None:
    pass


def helper():
    pass
'''


@pytest.fixture
def source(command):
    folder = Path("toys")
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "cars.py").write_text(SOURCE)
    return folder / "cars.py"


def item(tmp_path, text):
    file = tmp_path / "a.py"
    file.write_text(text)
    return next(parsed(file).shown())


# What is read.


def test_a_page_has_what_is_for_others(source):
    text = page(parsed(source))
    assert text.startswith("# `toys.cars`\n\nThings with wheels.\n")
    for part in (
        "## `Car`\n\n```py\nclass Car(object)\n\nCar(name: str)\n```\n\nA car.\n\nIt",
        "- `wheels: int = 4`: How many.\n",
        "### `Car.colour`\n\n```py\n@property\ndef colour(self) -> str\n```\n",
        "async def drive(car: Car, *to: str, how='fast', **more: int) -> None",
        "## `SPEED`",
    ):
        assert part in text
    assert "helper" not in text
    assert "__init__" not in text


def test_long_heads_have_an_argument_on_each_line(tmp_path):
    head = item(
        tmp_path,
        "def f(first: dict[str, int], second: str = 'a, (b', third: tuple[int, str] ="
        " (1, 'x'), fourth: int = 4): pass\n",
    ).head
    assert head == (
        "def f(\n    first: dict[str, int],\n    second: str = 'a, (b',\n"
        "    third: tuple[int, str] = (1, 'x'),\n    fourth: int = 4,\n)"
    )


@pytest.mark.parametrize(
    "head",
    [
        "def f(a, /, b, *, c=1)",
        "def f(*, c)",
        "def f(a=1, /, *args, **more)",
        "def f(a: int = 1, *args: str, c: int, d='x') -> dict[str, int]",
        "async def f()",
    ],
)
def test_every_form_of_argument_is_written_as_it_was(tmp_path, head):
    assert item(tmp_path, f"{head}: pass\n").head == head


def test_what_is_defined_under_a_condition_is_shown_once(tmp_path):
    text = "try:\n    def f(a): pass\nexcept E:\n    pass\nelse:\n    def f(b): pass\n"
    file = tmp_path / "a.py"
    file.write_text(text + "if X:\n    class C: pass\n")
    assert [each.head for each in parsed(file).shown()] == ["def f(a)", "class C"]


def test_a_module_is_named_from_its_package(source):
    assert module_name(source) == "toys.cars"
    assert module_name(source.parent / "__init__.py") == "toys"


def test_other_encodings_are_read_as_python_reads_them(tmp_path):
    file = tmp_path / "a.py"
    file.write_bytes(b"# coding: latin-1\ndef f():\n    '''\xe4'''\n")
    assert next(parsed(file).shown()).doc == "ä"
    file.write_bytes(b"\xef\xbb\xbfdef f():\n    '''\xc3\xa4'''\n")
    assert next(parsed(file).shown()).doc == "ä"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"def f(:\n", "it is no Python: invalid syntax, line 1"),
        (b"\0", "it is no Python"),
        (b"x = '\xff'\n", "it is no Python"),
        (b"# coding: nothing\n", "unknown encoding: nothing"),
        (b"x = " + b"(" * 5000 + b")" * 5000, "it is no Python"),
        (b"x = " + b"-" * 50_000 + b"1", "it is"),
        (b"#" * (5 << 20), "it is too big: 5 MB"),
    ],
)
def test_what_cannot_be_read_is_skipped_with_the_reason(tmp_path, raw, why):
    file = tmp_path / "a.py"
    file.write_bytes(raw)
    with pytest.raises(Skip, match=why):
        parsed(file)


def test_a_pipe_in_a_files_place_is_skipped(tmp_path):
    os.mkfifo(tmp_path / "a.py")
    with pytest.raises(Skip, match="it is no file"):
        parsed(tmp_path / "a.py")


# Docstrings as Markdown.


@pytest.mark.parametrize(
    ("doc", "said"),
    [
        (
            "Do it.\n\nArgs:\n    a: What.\n    b (int): How.",
            "**Args:**\n\n- `a`: What.",
        ),
        ("Do it.\n\nArgs:\n    a: What.\n      And more.", "- `a`: What.\n  And more."),
        (">>> f()\n1\n\nMore.", "```pycon\n>>> f()\n1\n```\n\nMore."),
        ("# Not a heading", "\\# Not a heading"),
        ("```\nnever closed", "```\nnever closed\n```"),
        ("Plain.", "Plain."),
    ],
)
def test_docstrings_become_markdown(doc, said):
    assert said in markdown(doc)


def test_a_fence_in_code_does_not_end_it(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("def f(x='```'): pass\n")
    assert "````py\ndef f(x='```')\n````" in page(parsed(file))


# Pages on the disk.


def reference(command, *more, paths=("toys",)):
    return command("docs", "reference", *paths, "--output", "out", *more, model="")


def test_pages_are_written_and_only_when_they_are_old(command, source):
    code, out, _ = reference(command)
    assert code == 0
    assert out.splitlines() == ["out/index.md", "out/toys.cars.md"]
    assert "- [`toys.cars`](toys.cars.md): Things with wheels." in (
        Path("out/index.md").read_text()
    )
    assert reference(command, "--check")[:2] == (0, "")
    source.write_text(SOURCE.replace("A car.", "A fast car."))
    assert reference(command, "--check")[:2] == (1, "out/toys.cars.md\n")
    assert reference(command, "--dry-run")[:2] == (0, "out/toys.cars.md\n")
    assert "A fast car." not in Path("out/toys.cars.md").read_text()


def test_pages_may_be_read_by_others(command, source):
    reference(command)
    assert Path("out/index.md").stat().st_mode & 0o444 == 0o444


def test_what_is_no_python_is_named_and_skipped(command, source):
    Path("toys/bad.py").write_text("def f(:\n")
    Path("toys/bin.py").write_bytes(b"\0")
    code, out, err = reference(command)
    assert code == 3
    assert "toys/bad.py: skipped: it is no Python: invalid syntax, line 1" in err
    assert "toys/bin.py: skipped: it is no Python" in err
    assert "out/toys.cars.md" in out


def test_nothing_is_run_when_code_is_read(command, source):
    source.write_text("open('ran', 'w')\n")
    reference(command)
    assert not Path("ran").exists()


@pytest.mark.parametrize(("one", "other"), [("x/a.py", "y/a.py"), ("x/a.py", "y/A.py")])
def test_two_modules_of_one_name_are_one_sentence(command, one, other):
    for each in (one, other):
        Path(each).parent.mkdir(exist_ok=True)
        Path(each).write_text("'''It.'''\n")
    code, out, err = reference(command, paths=("x", "y"))
    assert (code, out) == (2, "")
    assert f"`{one}` and `{other}` would both be" in err
    assert not Path("out").exists()


def test_a_module_called_index_does_not_hide_the_index(command):
    Path("index.py").write_text("'''It.'''\n")
    reference(command, paths=("index.py",))
    assert "module-index.md" in Path("out/index.md").read_text()
    assert Path("out/module-index.md").read_text().startswith("# `index`")


def test_a_folder_that_is_none_is_one_sentence(command, source):
    Path("out").write_text("")
    code, _, err = reference(command)
    assert code == 2
    assert "`out` is no folder" in err


def test_a_full_disk_is_one_sentence_and_leaves_old_pages_whole(
    command, source, monkeypatch
):
    reference(command)
    before = Path("out/toys.cars.md").read_text()
    source.write_text(SOURCE.replace("A car.", "A fast car."))

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    code, _, err = reference(command)
    assert code == 1
    assert "the disk is full" in err
    assert Path("out/toys.cars.md").read_text() == before
    assert sorted(each.name for each in Path("out").iterdir()) == [
        "index.md",
        "toys.cars.md",
    ]


def test_a_folder_that_may_not_be_written_is_one_sentence(command, source, monkeypatch):
    from plugwright import home

    def refused(**about):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(home.tempfile, "mkstemp", refused)
    code, _, err = reference(command)
    assert code == 1
    assert "this user may not do that there" in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full disk")
def test_a_pipe_into_a_full_disk_is_one_sentence(source, home):
    words = ("agent", "docs", "docstrings", "toys", "--list")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "plugwright", *words],
            env={**os.environ, "PLUGWRIGHT_HOME": str(home.folder)},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert "the output cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
