"""Docstrings are put where there are none, and nothing else changes."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

import pytest
from scripts import says
from test_docs import SOURCE

from plugwright.errors import Declined, NotAuthenticated, Unavailable
from plugwright.providers import Finish
from plugwright_agents.docs.inserting import is_same_code, quoted, written
from plugwright_agents.docs.parsing import parsed
from plugwright_agents.docs.writing import missing
from plugwright_agents.patches import name_of, patch
from plugwright_agents.reading import Skip


@pytest.fixture
def source(command):
    folder = Path("toys")
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "cars.py").write_text(SOURCE)
    return folder / "cars.py"


def apply(out):
    done = subprocess.run(
        ["git", "apply", "-"], input=out.encode(), capture_output=True
    )
    assert done.returncode == 0, done.stderr


def put(tmp_path, text, doc="Do it."):
    """Give a source with this docstring wherever one is missing."""
    file = tmp_path / "a.py"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    module = parsed(file)
    return written(module, [(item, doc) for _, item in missing(module)])


# The command.


def test_missing_docstrings_come_as_a_patch_that_git_applies(command, source, model):
    model.by = lambda request: 'Say "it".'
    code, out, err = command("docs", "docstrings", "toys")
    assert code == 0
    assert source.read_text() == SOURCE
    assert "4 questions" in err
    apply(out)
    text = source.read_text()
    assert text.count('"""Say "it"."""') == 4
    assert 'str:\n        """Say "it"."""\n        # Loud' in text
    assert 'def quiet(self):\n        """Say "it"."""\n        return None\n' in text
    assert is_same_code(SOURCE, text)
    tree = ast.parse(text)
    assert ast.get_docstring(tree.body[-2]) == 'Say "it".'


def test_what_has_none_can_be_listed_without_a_model(command, source):
    code, out, _ = command("docs", "docstrings", "toys", "--list", model="")
    assert (code, out) == (
        0,
        "toys/cars.py:22: Car.colour\ntoys/cars.py:25: Car.honk\n"
        "toys/cars.py:32: Car.quiet\ntoys/cars.py:35: drive\n",
    )


def test_what_was_written_is_not_asked_for_again(command, source, model):
    first = command("docs", "docstrings", "toys")[1]
    assert len(model.asked) == 4
    assert command("docs", "docstrings", "toys")[1] == first
    assert len(model.asked) == 4
    source.write_text(SOURCE.replace('"red"', '"blue"'))
    command("docs", "docstrings", "toys")
    assert len(model.asked) == 5


def test_what_stands_in_two_modules_is_asked_for_once(command, model):
    for name in ("a.py", "b.py"):
        Path(name).write_text('"""M."""\ndef f():\n    return 1\n')
    code, out, err = command("docs", "docstrings", ".")
    assert (code, len(model.asked)) == (0, 1)
    assert "1 question" in err
    apply(out)
    assert Path("a.py").read_text() == Path("b.py").read_text()
    assert "an answer" in Path("a.py").read_text()


def test_a_dry_run_where_all_is_known_says_that_nothing_is_asked(
    command, source, model
):
    command("docs", "docstrings", "toys")
    asked = len(model.asked)
    _, _, err = command("docs", "docstrings", "toys", "--dry-run")
    assert "nothing is to be asked" in err
    assert "question" not in err
    assert len(model.asked) == asked


def test_a_dry_run_names_what_would_be_asked_for(command, source, model):
    code, out, err = command("docs", "docstrings", "toys", "--dry-run")
    assert (code, len(out.splitlines()), model.asked) == (0, 4, [])
    assert "4 questions" in err


def only(name, error, otherwise="Do it."):
    return lambda request: (
        error if f"`{name}`" in request.messages[1].content else otherwise
    )


def test_a_docstring_that_was_refused_leaves_the_others(command, source, model):
    model.by = only("Car.honk", Declined("it", "no"))
    code, out, err = command("docs", "docstrings", "toys")
    assert code == 1
    apply(out)
    assert source.read_text().count("Do it.") == 3
    assert "Car.honk: `it`: no" in err


@pytest.mark.parametrize(
    "garbage", ["", "```python\n```", "def honk(self, loud=False):\n    return 1"]
)
def test_garbage_is_mended_once_and_then_told_with_where_it_is_kept(
    command, source, model, garbage
):
    model.by = only("Car.honk", garbage)
    code, out, err = command("docs", "docstrings", "toys")
    assert code == 1
    assert len(model.asked) == 5
    assert "Car.honk: the answer is not as asked" in err
    assert "plugwright runs show" in err
    apply(out)


def test_an_answer_that_was_cut_off_is_not_taken(command, source, model):
    model.by = only("Car.honk", says("It begins", finish=Finish.LENGTH))
    code, out, err = command("docs", "docstrings", "toys")
    assert code == 1
    assert "It begins" not in out
    assert "cut off" in err


@pytest.mark.parametrize(
    ("error", "most"),
    [(NotAuthenticated("it", "no key"), 1), (Unavailable("it", "a"), 5)],
)
def test_where_going_on_is_no_use_nothing_more_is_asked(command, model, error, most):
    Path("a.py").write_text("".join(f"def f{n}():\n    pass\n" for n in range(40)))
    model.by = lambda request: error
    code, out, err = command("docs", "docstrings", "a.py", "--jobs", 1)
    assert (code, out) == (1, "")
    assert len(model.asked) == most
    assert "nothing more was asked" in err


def test_money_holds_for_all_together(command, source, model):
    model.name = "openai:gpt-5-mini"
    # One costs $0.00085, and a short one is left for the third.
    model.by = lambda request: says("Do it.", tokens_in=1000, tokens_out=300)
    arguments = ("docs", "docstrings", "toys", "--jobs", 1, "--money", "0.002")
    code, _, err = command(*arguments)
    assert code == 1
    assert len(model.asked) == 3
    assert "total money" in err


def test_an_interrupted_work_goes_on_where_it_was(command, source, model):
    model.by = only("drive", KeyboardInterrupt())
    code, out, err = command("docs", "docstrings", "toys", "--jobs", 1)
    assert (code, out) == (130, "")
    assert "3 of 4 docstrings are written and kept" in err
    model.asked.clear()
    model.by = lambda request: "Do it."
    code, out, _ = command("docs", "docstrings", "toys")
    assert code == 0
    assert len(model.asked) == 1
    apply(out)


def test_a_file_that_no_patch_can_name_is_refused_before_it_costs(
    command, source, model, monkeypatch
):
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    code, _, err = command("docs", "docstrings", "../toys")
    assert (code, model.asked) == (2, [])
    assert "is not below this folder" in err


def test_what_is_no_python_is_skipped_and_told_by_the_exit_code(command, source, model):
    Path("toys/bad.py").write_text("def f(:\n")
    assert command("docs", "docstrings", "toys")[0] == 3


# Where they stand.


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def f():\n    return 1\n", 'def f():\n    """Do it."""\n    return 1\n'),
        ("def f(): return 1\n", 'def f():\n    """Do it."""\n    return 1\n'),
        ("def f(): a; b  # c\n", 'def f():\n    """Do it."""\n    a; b  # c\n'),
        (
            "def f(a,\n  b): return 1\n",
            'def f(a,\n  b):\n    """Do it."""\n    return 1\n',
        ),
        ("def f():\n\tpass\n", 'def f():\n\t"""Do it."""\n\tpass\n'),
        ("def f():\n    # why\n\n    pass\n", None),
        ("def f(  # a\n    b,  # c\n):  # d\n    pass\n", None),
        ("def f():\n    # type: () -> None\n    pass\n", None),
        ("class C:\n    @staticmethod\n    def g(): pass\n", None),
        ("def ä(): return 'ö'\n", 'def ä():\n    """Do it."""\n    return \'ö\'\n'),
        ("@d\nclass C: x = 1\n", None),
        ("if a:\n    def f(): return 1\n", None),
        ("def f():\n    @d\n    def g(): pass\n    return g\n", None),
        ("def f():\r    return 1\r", None),
        ("def f():\n    return 1\x0c\ndef g():\n    x = '''\n\x0c'''\n", None),
        (
            "class A:\n    def f(self): return 1\n",
            'class A:\n    """Do it."""\n    def f(self):\n        """Do it."""\n'
            "        return 1\n",
        ),
        ("def f():\n    return 1", 'def f():\n    """Do it."""\n    return 1'),
    ],
)
def test_a_docstring_stands_below_the_head(tmp_path, old, new):
    text = put(tmp_path, "'''M.'''\n" + old)
    assert is_same_code("'''M.'''\n" + old, text)
    assert text.count("Do it.") >= 1
    if new is not None:
        assert text == "'''M.'''\n" + new


def test_a_comment_of_the_head_stays_with_the_head(tmp_path):
    old = "'''M.'''\ndef f():\n    # type: () -> None\n    # why\n    pass\n"
    assert "None\n    # why" not in put(tmp_path, old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import a\n", '"""Do it."""\n\nimport a\n'),
        (
            "#!/bin/x\n# licence\n\nimport a\n",
            '#!/bin/x\n# licence\n"""Do it."""\n\nimp',
        ),
        ("\n# about a\nimport a\n", '"""Do it."""\n\n# about a\nimport a\n'),
        ("from __future__ import annotations\n", '"""Do it."""\n\nfrom __future__'),
    ],
)
def test_a_module_has_its_docstring_below_its_first_comment(tmp_path, old, new):
    text = put(tmp_path, old)
    assert text.startswith(new)
    assert ast.get_docstring(ast.parse(text)) == "Do it."


def test_an_empty_module_needs_none(tmp_path):
    assert put(tmp_path, "") == ""
    assert put(tmp_path, "# nothing\n") == "# nothing\n"


def test_line_ends_stay_as_they_are(tmp_path):
    new = put(tmp_path, b"'''M.'''\r\ndef f():\r\n    return 1\r\n")
    assert new == "'''M.'''\r\ndef f():\r\n    \"\"\"Do it.\"\"\"\r\n    return 1\r\n"


@pytest.mark.parametrize(
    "text",
    [
        "Plain.",
        'ends with "quotes"',
        'has """ in it',
        "back\\slash and \\",
        "first\n\nsecond line\n    indented",
        "x" * 200,
        "word " * 60,
        '""")\nimport os  # out of it',
        "\0 \x1b[2J \u202e \ud800",
        "\\N{BULLET} \\x",
        "a\rb\x0cc\x85d\u2028e",
        "'''\"",
    ],
)
def test_whatever_a_model_says_stays_a_docstring(tmp_path, text):
    new = put(tmp_path, "'''M.'''\ndef f():\n    return 1\n", text)
    _, function = ast.parse(new).body
    assert len(function.body) == 2
    assert ast.get_docstring(function)


def test_what_an_encoding_does_not_have_is_written_as_an_escape(tmp_path):
    file = tmp_path / "a.py"
    file.write_bytes(b"# coding: latin-1\n'''M.'''\ndef f():\n    return '\xe4'\n")
    module = parsed(file)
    new = written(module, [(item, "An ä — and a b.") for _, item in missing(module)])
    raw = module.source.encoded(new)
    assert b'"""An \xe4 \\u2014 and a b."""' in raw
    assert ast.get_docstring(ast.parse(raw).body[1]) == "An ä — and a b."


def test_wide_prose_is_broken_and_lists_are_not():
    assert quoted("word " * 30, "    ")[0].endswith("word")
    assert all(len(line) <= 88 for line in quoted("word " * 30, "    "))
    item = "- " + "word " * 30
    assert quoted(f"First.\n\n{item}", "")[2] == item.rstrip()
    assert quoted("a\n\nb", "    ") == ['    """a', "", "    b", '    """']


def test_other_code_is_refused(tmp_path, monkeypatch):
    from plugwright_agents.docs import inserting

    monkeypatch.setattr(inserting, "quoted", lambda *about: ["    pass"])
    with pytest.raises(Skip, match="other code"):
        put(tmp_path, "'''M.'''\ndef f():\n    return 1\n")


@pytest.mark.parametrize(
    ("old", "new", "is_same"),
    [
        ("x = 1\n", "'''D.'''\nx = 1\n", True),
        ("def f(): pass\n", "def f():\n    'D'\n    pass\n", True),
        ("x = 1\n", "x = 2\n", False),
        ("x = 1  # why\n", "x = 1\n", False),
        ("x = 1\n", "x = 1  # why\n", False),
        ("x = 1\n", "x = (\n", False),
    ],
)
def test_sources_are_the_same_but_for_docstrings(old, new, is_same):
    assert is_same_code(old, new) is is_same


# Patches.


@pytest.mark.parametrize(
    "name", ["a.py", "with space.py", 'qu"ote.py', "tab\t.py", "ä.py", "deep/er.py"]
)
@pytest.mark.parametrize(
    ("old", "new"),
    [(b"a\n", b"x\na\n"), (b"a", b"x\na"), (b"a\r\n\xff\r\n", b"a\r\nx\r\n\xff\r\n")],
)
@pytest.mark.parametrize("is_repository", [True, False])
def test_patches_are_what_git_applies(
    tmp_path, monkeypatch, name, old, new, is_repository
):
    below = tmp_path / "below"
    (below / name).parent.mkdir(parents=True)
    (below / name).write_bytes(old)
    if is_repository:
        subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    monkeypatch.chdir(below)
    path = name_of(below / name)
    made = patch(path, old, new)
    subprocess.run(["git", "apply", "-"], input=made, check=True)
    assert (below / name).read_bytes() == new
    assert patch(path, old, old) == b""
