"""Which files are meant by what a person types."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from filing import naming_model, write

from plugwright.errors import UsageError
from plugwright_agents.gathering import gathered


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def model():
    return naming_model()


def found(*typed, **options):
    return [path.as_posix() for path in gathered(typed, **options)]


def test_patterns_choose_and_git_decides():
    write(a_md="x", b_txt="x", out__c_md="x", d__e_md="x", d__f_md="x")
    Path(".gitignore").write_text("out/\n")
    assert found(".", only=["*.md"]) == ["a.md", "d/e.md", "d/f.md"]
    options = {"only": ["*.md"], "without": ["d/*"], "ignored": True}
    assert found(".", **options) == ["a.md", "out/c.md"]
    # What is named is meant, whatever git says; what fits a pattern is not named.
    assert found("**/e.md", "out/c.md") == ["d/e.md", "out/c.md"]
    assert found("**/*.md") == ["a.md", "d/e.md", "d/f.md"]
    assert "out/c.md" in found("**/*.md", ignored=True)


def test_patterns_are_like_those_of_a_shell():
    write(a_md="x", d__b_md="x", d__e__c_md="x", d__x_txt="x", **{"__h_md": "x"})
    assert found("*.md") == ["a.md"]
    assert found("d/*") == ["d/b.md", "d/x.txt"]
    assert found("*/*.md") == ["d/b.md"]
    assert found("d/**/*.md") == ["d/b.md", "d/e/c.md"]
    assert found("d/**") == ["d/b.md", "d/e/c.md", "d/x.txt"]
    assert found("?.md", "[a-c].md") == ["a.md"]


def test_hidden_files_are_meant_by_patterns_that_say_so():
    Path(".h.md").write_text("x")
    Path("a.md").write_text("x")
    assert found("*.md") == ["a.md"]
    assert found(".*.md") == [".h.md"]


def test_a_name_that_looks_like_a_pattern_is_a_name():
    Path("a[1].md").write_text("x")
    Path("a1.md").write_text("x")
    assert found("a[1].md") == ["a[1].md"]


def test_links_that_go_in_circles_do_not_hold_it_up():
    write(d__a_md="x")
    # With `glob`, two of them are looked into 2 to the power of 40 times.
    Path("d/one").symlink_to(".")
    Path("d/two").symlink_to(".")
    Path("d/self").symlink_to("self")
    assert found("**/*.md") == found("d") == found("d/**") == ["d/a.md"]


def test_each_file_is_meant_once_whatever_it_is_called():
    write(d__a_md="x")
    Path("d/0.md").symlink_to("a.md")
    once = found("d/a.md", "d", "./d/a.md", "d/../d/a.md", Path.cwd() / "d/a.md")
    assert once == ["d/a.md"]
    assert found("d") == ["d/a.md"]


def test_files_of_one_name_in_two_folders_are_two(command):
    write(a__x_txt="x", b__x_txt="x")
    _, out, _ = command("files", "summarise", "*/x.txt")
    assert out == "a/x.txt: about a/x.txt\nb/x.txt: about b/x.txt\n"


def test_what_is_written_is_not_read(command, model):
    write(a_txt="x")
    command("files", "summarise", ".", "--output", "out.txt")
    command("files", "summarise", ".", "--output", "out.txt")
    assert Path("out.txt").read_text() == "a.txt: about a.txt\n"
    assert len(model.asked) == 1


@pytest.mark.parametrize("typed", ["nowhere", "*.none", "no/**/x.md"])
def test_nothing_there_is_a_sentence(typed):
    with pytest.raises(UsageError, match=re.escape(f"`{typed}`")):
        found(typed)


def test_a_folder_without_a_file_that_fits_is_a_sentence():
    Path("d").mkdir()
    with pytest.raises(UsageError, match="no file fits `d`") as told:
        found("d")
    assert "--ignored" in told.value.remedy


def test_nothing_to_do_is_a_mistake_of_who_typed(command, model):
    code, out, err = command("files", "summarise", "nowhere")
    assert (code, out, model.asked) == (2, "", [])
    assert "there is no `nowhere`" in err
