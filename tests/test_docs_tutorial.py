"""The tutorials of the documentation are done, word for word."""

from __future__ import annotations

import os

import pytest
from support import ROOT
from tutorials import Reader, blocks, environment_for, unseen

PAGES = ROOT / "docs" / "pages" / "tutorials"


@pytest.fixture
def reader(tmp_path, environment):
    folder = tmp_path / "desk"
    folder.mkdir()
    return Reader(folder=folder, environment=environment_for(tmp_path, environment))


@pytest.mark.skipif(os.name != "posix", reason="somebody types into a terminal")
@pytest.mark.parametrize("page", sorted(each.name for each in PAGES.glob("*.md")))
def test_whoever_follows_a_tutorial_sees_what_it_says(page, reader):
    reader.follow((PAGES / page).read_text("utf-8"))

    assert reader.done


def test_every_block_of_a_tutorial_is_found():
    for page in PAGES.glob("*.md"):
        text = page.read_text("utf-8")
        assert len(list(blocks(text))) == text.count("```") / 2, page.name


def test_what_is_not_shown_is_noticed_and_numbers_may_differ():
    said = "3 passed in 0.52s\nok  the tests\n    pass\n"

    assert unseen("4 passed in 1.1s\nok  the tests pass", said) == []
    assert unseen("ok  the tests pass\n3 passed", said) == ["3 passed"]
    assert unseen("3 failed", said) == ["3 failed"]
