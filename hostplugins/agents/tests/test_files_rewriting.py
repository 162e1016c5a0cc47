"""Files are written anew where a person agrees, and are otherwise as they were."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import click
import pytest
from filing import naming_model, text_of, write

from plugwright_agents.files import approving, cli
from plugwright_agents.files.rewriting import apply, difference, encoded, new_text
from plugwright_agents.reading import Skip, read_text


@pytest.fixture
def model():
    model = naming_model()
    model.by = lambda request: text_of(request).upper()
    return model


@pytest.fixture
def applied(command):
    def applied(*typed):
        return command("files", "rewrite", *typed, "--how", "shout", "--apply")

    return applied


def test_a_rewrite_into_a_pipe_is_a_patch_that_git_applies(command, model):
    write(a_txt="one\ntwo\nthree", b_txt="ONE\n", d__c_txt="é\r\nx\r\n")
    code, out, err = command("files", "rewrite", ".", "--how", "shout")
    assert code == 0
    assert "1 not to be changed" in err
    assert Path("a.txt").read_text() == "one\ntwo\nthree"
    assert Path("d/c.txt").read_bytes() == "é\r\nx\r\n".encode()
    subprocess.run(["git", "apply", "-"], input=out.encode(), check=True)
    assert Path("a.txt").read_text() == "ONE\nTWO\nTHREE"
    assert Path("d/c.txt").read_bytes() == "É\r\nX\r\n".encode()


@pytest.mark.parametrize("name", ['qu"ote.txt', "tab\t.txt", "with space.txt", "é.txt"])
def test_a_patch_quotes_odd_names_as_git_does(command, name):
    Path(name).write_text("text\n")
    out = command("files", "rewrite", ".", "--how", "shout")[1]
    subprocess.run(["git", "apply", "-"], input=out.encode(), check=True)
    assert Path(name).read_text() == "TEXT\n"


def test_a_patch_of_a_file_elsewhere_names_it_from_the_top(command, tmp_path):
    (tmp_path / "a.txt").write_text("text\n")
    out = command("files", "rewrite", "../a.txt", "--how", "shout")[1]
    subprocess.run(["patch", "-s", "-p1", "-d", "/"], input=out.encode(), check=True)
    assert (tmp_path / "a.txt").read_text() == "TEXT\n"


def test_a_rewrite_is_written_when_that_is_asked_for(applied, model):
    model.by = lambda request: "```\nnew\n```"
    write(a_txt="old\n")
    Path("a.txt").chmod(0o640)
    code, out, err = applied("a.txt")
    assert (code, out) == (0, "")
    assert "1 written" in err
    assert Path("a.txt").read_text() == "new\n"
    assert Path("a.txt").stat().st_mode & 0o777 == 0o640
    assert os.listdir() == ["a.txt"]


def test_what_was_written_anew_is_not_written_anew_once_more(applied, model):
    model.by = lambda request: text_of(request) + " more"
    write(a_txt="text")
    applied("a.txt")
    code, _, err = applied("a.txt")
    assert (code, len(model.asked)) == (0, 1)
    assert Path("a.txt").read_text() == "text more"
    assert "1 known" in err


def test_a_patch_that_was_applied_is_not_asked_for_again(command, model):
    write(a_txt="text\n")
    _, out, _ = command("files", "rewrite", "a.txt", "--how", "shout")
    _, again, _ = command("files", "rewrite", "a.txt", "--how", "shout")
    assert out == again
    subprocess.run(["git", "apply", "-"], input=out.encode(), check=True)
    assert command("files", "rewrite", "a.txt", "--how", "shout")[1] == ""
    assert len(model.asked) == 1


def test_a_file_that_changed_meanwhile_is_not_overwritten(applied, model):
    def by(request):
        Path("a.txt").write_text("mine\n")
        return "new"

    model.by = by
    write(a_txt="old\n")
    code, _, err = applied("a.txt")
    assert code == 1
    assert "it changed since it was read" in err
    assert Path("a.txt").read_text() == "mine\n"


def test_an_empty_answer_empties_no_file(applied, model):
    model.by = lambda request: "\n"
    write(a_txt="old\n")
    assert applied("a.txt")[0] == 1
    assert Path("a.txt").read_text() == "old\n"


def test_what_is_too_long_for_one_answer_is_not_asked_for(applied, model):
    write(a_txt="word " * 12_000)
    code, _, err = applied("a.txt")
    assert (code, model.asked) == (3, [])
    assert "too long to be written anew" in err


def test_a_patch_has_no_other_encoding(command, applied):
    write(a_txt="x\n".encode("utf-16"), b_txt=b"\xef\xbb\xbfx\n")
    code, out, err = command("files", "rewrite", ".", "--how", "shout")
    assert (code, out) == (1, "")
    assert "`--apply` writes it" in err
    assert applied(".")[0] == 0
    assert Path("a.txt").read_bytes() == "X\n".encode("utf-16")
    assert Path("b.txt").read_bytes() == b"\xef\xbb\xbfX\n"


# With a person.


@pytest.fixture
def person(command, monkeypatch):
    """Give what a person types at each question; what was written is left alone."""
    asked = []

    def person(*says):
        typed = iter(says)

        def prompt(question, **options):
            asked.append(question)
            said = next(typed)
            if said is None:
                raise click.Abort
            return said

        monkeypatch.setattr(approving.click, "prompt", prompt)
        monkeypatch.setattr(cli, "is_at_terminal", lambda: True)
        return command("files", "rewrite", ".", "--how", "shout")

    person.asked = asked
    return person


def now():
    return "".join(path.read_text() for path in sorted(Path().glob("*.txt")))


def test_each_difference_is_shown_and_asked_about(person):
    write(**{f"{name}_txt": f"{name}\n" for name in "abcd"})
    code, out, err = person("y", "n", "all")
    assert (code, now()) == (0, "A\nb\nC\nD\n")
    assert person.asked == [f"Write {name}.txt?" for name in "abc"]
    assert "-b\n+B\n" in out
    assert "3 written" in err
    assert "1 as they were" in err


def test_who_has_enough_is_asked_no_more_and_it_goes_on_from_there(person, model):
    write(**{f"{name}_txt": f"{name}\n" for name in "abcd"})
    code, _, err = person("y", "quit")
    assert (code, now()) == (1, "A\nb\nc\nd\n")
    assert "3 left" in err
    code, _, _ = person("all")
    assert (code, now(), len(model.asked)) == (0, "A\nB\nC\nD\n", 4)


def test_ctrl_c_at_a_question_writes_nothing_more(person):
    write(a_txt="a\n", b_txt="b\n")
    code, _, err = person("y", None)
    assert (code, now()) == (130, "A\nb\n")
    assert "stopped by you: 1 of 2 files are done" in err


# The parts.


def test_encodings_and_links_survive_a_rewrite(tmp_path):
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xfe\xff" + "é\n".encode("utf-16-be"))
    (tmp_path / "link").symlink_to(file)
    apply(tmp_path / "link", read_text(tmp_path / "link"), "è\n")
    assert (tmp_path / "link").is_symlink()
    assert file.read_bytes() == b"\xfe\xff" + "è\n".encode("utf-16-be")


def test_a_link_in_the_way_of_the_part_is_not_followed(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "precious").write_text("precious")
    (tmp_path / ".a.txt.plugwright-part").symlink_to(tmp_path / "precious")
    apply(tmp_path / "a.txt", read_text(tmp_path / "a.txt"), "new")
    assert (tmp_path / "precious").read_text() == "precious"
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_file_that_is_gone_is_not_made_again(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("old")
    read = read_text(file)
    file.unlink()
    with pytest.raises(Skip, match="it was not written"):
        apply(file, read, "new")
    assert not file.exists()


def test_a_fence_around_an_answer_is_taken_off_unless_the_file_has_one():
    assert new_text("a\n", "```md\nb\n```") == "b\n"
    assert new_text("```\na\n```\n", "```\nb\n```") == "```\nb\n```\n"
    assert difference(Path("a"), "a\n", "a\n") == b""


@pytest.mark.parametrize(
    ("old", "answer", "new"),
    [
        ("a\n", "b", "b\n"),
        ("a", "b\n", "b"),
        ("a\n\n\n", "b\n", "b\n\n\n"),
        ("a\r\nb\r\n", "c\nd\n", "c\r\nd\r\n"),
        ("a\r\nb\r\n", "c\r\nd", "c\r\nd\r\n"),
    ],
)
def test_line_ends_are_as_they_were(old, answer, new):
    assert new_text(old, answer) == new


def test_half_a_character_from_a_model_is_none_in_the_file(tmp_path):
    (tmp_path / "a").write_text("x")
    assert encoded(read_text(tmp_path / "a"), "\ud800") == b"?"
