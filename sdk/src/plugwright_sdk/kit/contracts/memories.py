"""What every memory promises."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from plugwright.errors import PlugwrightError
from plugwright.host import Host
from plugwright.memory import Memory
from plugwright_sdk.kit.contracts.contract import ODD_TEXTS, Contract


class MemoryContract(Contract):
    """What every memory promises."""

    family = "memories"

    @pytest.fixture
    def open_memory(self, host: Host) -> Callable[[str], Memory]:
        """Opens what an owner keeps, in the first memory that the plugin offers."""
        name = host.hooks.memories(host=host)[0].name
        return lambda owner: host.memory(name, owner)

    @pytest.fixture
    def memory(self, open_memory: Callable[[str], Memory]) -> Memory:
        """What one owner keeps."""
        return open_memory("ada")

    def test_what_is_remembered_is_recalled(self, memory: Memory) -> None:
        before = time.time()
        id = memory.remember("Fractions come before decimals.", about="maths")

        (fact,) = memory.recall("fractions")

        assert (fact.id, fact.about) == (id, "maths")
        assert fact.text == "Fractions come before decimals."
        assert before - 1 <= fact.kept <= time.time() + 1

    def test_without_a_query_the_newest_comes_first(self, memory: Memory) -> None:
        for text in ("one", "two", "three"):
            memory.remember(text)

        assert [fact.text for fact in memory.recall()] == ["three", "two", "one"]

    def test_no_more_is_recalled_than_was_asked_for(self, memory: Memory) -> None:
        for number in range(5):
            memory.remember(f"fact {number}")

        assert len(memory.recall(limit=2)) == 2
        assert len(memory.recall("fact", limit=3)) == 3

    def test_a_subject_leaves_out_the_others(self, memory: Memory) -> None:
        memory.remember("Ada likes circles.", about="maths")
        memory.remember("Ada likes cakes.", about="food")

        assert [fact.text for fact in memory.recall(about="food")] == [
            "Ada likes cakes."
        ]
        assert [fact.text for fact in memory.recall("ada", about="maths")] == [
            "Ada likes circles."
        ]

    def test_what_nobody_said_is_not_found(self, memory: Memory) -> None:
        memory.remember("Fractions come before decimals.")

        assert [*memory.recall("xylophone")] == []

    def test_owners_are_apart(self, open_memory: Callable[[str], Memory]) -> None:
        ada, ben = open_memory("ada"), open_memory("ben")
        id = ada.remember("Ada's secret.")

        assert [*ben.recall()] == [*ben.recall("secret")] == []
        assert ben.forget(id) is False
        assert len(ada.recall()) == 1

    def test_forgotten_is_gone(self, memory: Memory) -> None:
        kept = memory.remember("This stays.")
        id = memory.remember("This goes.")

        assert memory.forget(id) is True
        assert memory.forget(id) is False
        assert [fact.id for fact in memory.recall()] == [kept]
        assert [*memory.recall("goes")] == []

    def test_forgetting_what_never_was_is_no_error(self, memory: Memory) -> None:
        for id in ("", "0", "no such fact", "'; --", "x" * 5_000):
            assert memory.forget(id) is False

    def test_it_survives_reopening(self, open_memory: Callable[[str], Memory]) -> None:
        id = open_memory("ada").remember("Ada was here.")

        assert [fact.id for fact in open_memory("ada").recall()] == [id]

    def test_expired_is_not_found(self, memory: Memory) -> None:
        _remember_until_it_expires(memory, "Yesterday's lesson.")
        later = memory.remember("Tomorrow's lesson.", expires=time.time() + 86_400)

        assert [fact.id for fact in memory.recall()] == [later]
        assert [fact.id for fact in memory.recall("lesson")] == [later]

    def test_two_equal_facts_are_two(self, memory: Memory) -> None:
        first, second = memory.remember("Again."), memory.remember("Again.")

        assert first != second
        assert memory.forget(first) is True
        assert [fact.id for fact in memory.recall()] == [second]

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    def test_odd_characters_are_kept_or_refused_in_words(
        self, memory: Memory, text: str
    ) -> None:
        try:
            id = memory.remember(text, about=text[:100])
        except PlugwrightError:
            return

        assert [(fact.id, fact.text) for fact in memory.recall()] == [(id, text)]

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    def test_odd_queries_never_raise_but_in_words(
        self, memory: Memory, text: str
    ) -> None:
        memory.remember("Fractions come before decimals.")

        with suppress(PlugwrightError):
            assert all(isinstance(fact.text, str) for fact in memory.recall(text))


def _remember_until_it_expires(memory: Memory, text: str) -> None:
    try:
        memory.remember(text, expires=time.time() - 1)
    except PlugwrightError:
        # It takes only what is still to come, which is its right; so it has to come.
        expires = time.time() + 1
        memory.remember(text, expires=expires)
        while time.time() <= expires:
            time.sleep(0.05)
