"""What each level of autonomy asks is one table, in the code and in the README."""

from __future__ import annotations

from pathlib import Path

import pytest

from plugwright_forge.answers import Level
from plugwright_forge.autonomy import Ask, Autonomy, in_words, is_asked

README = Path(__file__).parents[1] / "README.md"


def test_the_readme_has_the_table():
    assert in_words() in README.read_text("utf-8")


@pytest.mark.parametrize("autonomy", Autonomy)
def test_whether_it_may_run_is_always_asked(autonomy):
    assert is_asked(autonomy, Ask.APPROVAL)


def test_guided_asks_everything():
    assert all(is_asked(Autonomy.GUIDED, ask) for ask in Ask)


def test_more_autonomy_never_asks_more():
    for ask in Ask:
        asked = [is_asked(level, ask) for level in Autonomy]
        assert asked == sorted(asked, reverse=True)


@pytest.mark.parametrize(
    ("autonomy", "levels"),
    [
        (Autonomy.GUIDED, set(Level)),
        (Autonomy.SEMI, {Level.ESSENTIAL, Level.IMPORTANT}),
        (Autonomy.FULL, set()),
    ],
)
def test_questions_are_asked_by_their_level(autonomy, levels):
    assert {level for level in Level if is_asked(autonomy, level)} == levels
