"""Who offers what is asked for by name; and where nobody does, what to do."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from plugwright.errors import BrokeContract, Denied, HostError, UsageError
from plugwright.offers import naming_plugin, only, sole


class Offer(NamedTuple):
    name: str
    number: int


SQLITE, REMOTE = Offer("sqlite", 1), Offer("remote", 2)
OFFERS = [("shelf", SQLITE), ("cloud", REMOTE)]


def test_who_offers_a_name_is_given_with_the_offer():
    assert only("memory", "remote", OFFERS, "some-memory") == ("cloud", REMOTE)
    assert sole("memory", OFFERS[:1], "some-memory") == ("shelf", SQLITE)


@pytest.mark.parametrize(
    "find",
    [
        lambda: only("memory", "sqlite", [], "some-memory"),
        lambda: sole("memory", [], "some-memory"),
    ],
)
def test_where_nobody_offers_anything_it_is_said_what_to_install(find):
    with pytest.raises(HostError, match="no installed plugin offers a memory") as told:
        find()
    assert told.value.remedy.startswith("pip install some-memory")


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="there is no memory `sqlight`") as told:
        only("memory", "sqlight", OFFERS, "some-memory")
    assert told.value.remedy == "did you mean `sqlite`?"


def test_two_who_offer_one_name_are_both_named():
    offers = [("zoo", SQLITE), *OFFERS]

    with pytest.raises(UsageError) as told:
        only("memory", "sqlite", offers, "some-memory")
    assert told.value.message == "`shelf` and `zoo` both offer the memory `sqlite`"


def test_what_a_stranger_raises_is_told_with_the_strangers_name():
    with (
        pytest.raises(BrokeContract, match="`shelf`: KeyError: 'x'") as told,
        naming_plugin("shelf"),
    ):
        raise KeyError("x")
    assert told.value.plugin == "shelf"


def test_what_is_said_on_purpose_passes_through():
    with pytest.raises(Denied), naming_plugin("shelf"):
        raise Denied("storage")
