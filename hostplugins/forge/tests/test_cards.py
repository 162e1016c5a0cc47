"""Prompt cards: complete, short, and true about what a plugin may import."""

from __future__ import annotations

import re

import pytest

from plugwright.providers import Sampling
from plugwright_forge.cards import ROLES, card
from plugwright_sandbox.guest.standard_library import PUBLIC


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_card_with_a_version(role):
    assert re.fullmatch(rf"{role}/[1-9][0-9]*", card(role).template)
    assert card(role).role == role
    assert "ask" in card(role).pages


@pytest.mark.parametrize("role", ROLES)
def test_a_card_leaves_room_for_the_work(role):
    """About four letters are a token; a small model has four thousand of these."""
    assert len(card(role).instructions) < 6000


def test_a_page_that_lacks_a_section_is_not_sent():
    with pytest.raises(KeyError, match="request"):
        card("architect").request("ask", {"interview": ""}, Sampling())


def test_what_the_guide_lets_in_is_in_the_sandbox():
    [line] = re.findall("only `(.+?)`", card("implementer").instructions)

    assert set(line.split()) <= set(PUBLIC)


def test_the_problem_of_an_earlier_answer_makes_another_request():
    sections = {"request": "Plan!"}
    first = card("requirements-analyst").request("ask", sections, Sampling())
    again = card("requirements-analyst").request("ask", sections, Sampling(), "no.")

    assert again != first
    assert "could not be used: no.\n" in again.messages[1].content
