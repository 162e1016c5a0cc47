"""Questions and answers in a folder."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from plugwright.errors import UsageError
from plugwright_cassette.folder import Folder
from plugwright_cassette.key import key


@pytest.fixture
def pool():
    with ThreadPoolExecutor() as pool:
        yield pool


def _wait_for(path):
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return path


def _rename_in(path, text):
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def test_a_prompt_is_laid_down_and_its_answer_taken(tmp_path, ask, pool):
    asked = pool.submit(Folder(tmp_path / "new").complete, ask("Größe?"))
    prompt = _wait_for(tmp_path / "new" / "0001-implementer.prompt.md")
    _rename_in(tmp_path / "new" / "0001-implementer.answer.md", "drei\n")

    assert asked.result().text == "drei\n"
    assert prompt.read_text(encoding="utf-8").splitlines() == [
        f"<!-- plugwright-hand/1 key={key(ask('Größe?'))} n=1 -->",
        "Write the answer, and nothing else, to `0001-implementer.answer.md` in",
        "this folder. A program should write it under another name and rename it.",
        "",
        "role: implementer",
        "template: implementer/1",
        "temperature: 0.2",
        "seed: 0",
        "max_tokens: 4096",
        "",
        "===== system =====",
        "",
        "You write code.",
        "",
        "===== user =====",
        "",
        "Größe?",
    ]


def test_who_waits_is_told_for_what(tmp_path, ask, pool, capsys):
    asked = pool.submit(Folder(tmp_path).complete, ask())
    _wait_for(tmp_path / "0001-implementer.prompt.md")
    answer = tmp_path / "0001-implementer.answer.md"
    told = ""
    while not told.endswith("\n"):
        told += capsys.readouterr().err
    _rename_in(answer, "yes")
    asked.result()

    assert told == f"waiting for `{answer}`\n"


def test_an_answer_that_grows_is_not_taken_before_it_rests(
    tmp_path, ask, pool, monkeypatch
):
    # Long enough that a busy machine does not look like a writer at rest.
    monkeypatch.setattr("plugwright_cassette.folder.LOOK_SECONDS", 0.7)
    asked = pool.submit(Folder(tmp_path).complete, ask())
    _wait_for(tmp_path / "0001-implementer.prompt.md")
    with (tmp_path / "0001-implementer.answer.md").open("w") as file:
        for _ in range(20):
            file.write("word ")
            file.flush()
            time.sleep(0.05)

    assert asked.result().text == "word " * 20


def test_a_blank_answer_is_not_one_yet(tmp_path, ask, pool):
    answer = tmp_path / "0001-implementer.answer.md"
    asked = pool.submit(Folder(tmp_path).complete, ask())
    _wait_for(tmp_path / "0001-implementer.prompt.md")
    answer.write_text(" \n")
    time.sleep(0.6)

    assert not asked.done()

    answer.write_text("now")
    assert asked.result().text == "now"


def test_after_a_crash_the_same_calls_find_their_prompts_and_answers(
    tmp_path, ask, pool
):
    before = pool.map(Folder(tmp_path).complete, [ask("a")] * 2)
    for number in (1, 2):
        _wait_for(tmp_path / f"000{number}-implementer.prompt.md")
        _rename_in(tmp_path / f"000{number}-implementer.answer.md", str(number))
    answers = {completion.text for completion in before}

    again = Folder(tmp_path)

    assert [again.complete(ask("a")).text for _ in "ab"] == ["1", "2"]
    assert answers == {"1", "2"}
    assert len(list(tmp_path.iterdir())) == 4


def test_a_prompt_that_still_waits_is_found_and_not_laid_down_again(
    tmp_path, ask, pool
):
    first = pool.submit(Folder(tmp_path).complete, ask())
    prompt = _wait_for(tmp_path / "0001-implementer.prompt.md")
    laid_down = prompt.stat().st_ino
    second = pool.submit(Folder(tmp_path).complete, ask())
    time.sleep(0.3)
    _rename_in(tmp_path / "0001-implementer.answer.md", "yes")

    assert first.result() == second.result()
    assert prompt.stat().st_ino == laid_down
    assert len(list(tmp_path.iterdir())) == 2


def test_an_old_answer_is_taken_at_once(tmp_path, ask, pool, monkeypatch):
    asked = pool.submit(Folder(tmp_path).complete, ask())
    _wait_for(tmp_path / "0001-implementer.prompt.md")
    answer = tmp_path / "0001-implementer.answer.md"
    _rename_in(answer, "yes")
    asked.result()
    os.utime(answer, (0, 0))

    monkeypatch.setattr("plugwright_cassette.folder.LOOK_SECONDS", 5)
    begin = time.monotonic()
    Folder(tmp_path).complete(ask())

    assert time.monotonic() - begin < 5


def test_an_answer_without_its_prompt_answers_nothing_else(tmp_path, ask, pool):
    (tmp_path / "0007-implementer.answer.md").write_text("to a question long gone")
    asked = pool.submit(Folder(tmp_path).complete, ask())
    _wait_for(tmp_path / "0008-implementer.prompt.md")
    _rename_in(tmp_path / "0008-implementer.answer.md", "yes")

    assert asked.result().text == "yes"


def test_a_role_cannot_lead_out_of_the_folder(tmp_path, ask, pool):
    asked = pool.submit(Folder(tmp_path / "in").complete, ask(role="../../etc/x y"))
    _wait_for(tmp_path / "in" / "0001--etc-x-y.prompt.md")
    _rename_in(tmp_path / "in" / "0001--etc-x-y.answer.md", "yes")

    assert asked.result().text == "yes"


def test_an_answer_that_is_not_text_is_named(tmp_path, ask, pool):
    asked = pool.submit(Folder(tmp_path).complete, ask())
    _wait_for(tmp_path / "0001-implementer.prompt.md")
    (tmp_path / "0001-implementer.answer.md").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(UsageError, match=r"0001-implementer\.answer\.md` cannot be"):
        asked.result()


def test_a_file_cannot_be_the_folder(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(UsageError, match="cannot be a folder for prompts"):
        Folder(tmp_path / "file")
