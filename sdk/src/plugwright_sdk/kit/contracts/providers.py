"""What every provider promises."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest

from plugwright.errors import PlugwrightError
from plugwright.host import Host
from plugwright.providers import Completion, Message, Provider, Request
from plugwright_sdk.kit.contracts.contract import ODD_TEXTS, Contract


class ProviderContract(Contract):
    """What every provider promises."""

    family = "providers"

    @pytest.fixture
    def argument(self) -> str:
        """What stands after the colon of the model's name."""
        return "test"

    @pytest.fixture
    def provider(self, host: Host, argument: str) -> Provider:
        """The provider under test: the first that the plugin offers."""
        offer = host.hooks.providers(host=host)[0]
        return host.provider(f"{offer.scheme}:{argument}")

    def test_every_scheme_is_one_word_and_has_a_summary(self, host: Host) -> None:
        for offer in host.hooks.providers(host=host):
            assert re.fullmatch(r"[a-z][a-z0-9_.-]*", offer.scheme), offer.scheme
            assert offer.summary

    def test_schemes_are_all_different(self, host: Host) -> None:
        schemes = [offer.scheme for offer in host.hooks.providers(host=host)]

        assert len({*schemes}) == len(schemes)

    def test_it_has_a_name(self, provider: Provider) -> None:
        assert isinstance(provider.name, str)
        assert provider.name

    def test_the_answer_is_text_and_tokens_are_counts(self, provider: Provider) -> None:
        answer = provider.complete(_request("What is a half?"))

        assert isinstance(answer, Completion)
        assert isinstance(answer.text, str)
        assert answer.tokens_in >= 0
        assert answer.tokens_out >= 0

    def test_a_conversation_is_answered_as_a_whole(self, provider: Provider) -> None:
        messages = (
            Message("system", "Be short."),
            Message("user", "What is a half?"),
            Message("assistant", "One of two."),
            Message("user", "And a third?"),
        )

        answer = provider.complete(
            Request(role="tutor", template="contract/1", messages=messages)
        )

        assert isinstance(answer.text, str)

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    def test_odd_characters_are_answered_or_refused_in_words(
        self, provider: Provider, text: str
    ) -> None:
        with suppress(PlugwrightError):
            assert isinstance(provider.complete(_request(text)).text, str)


def _request(text: str) -> Request:
    return Request(
        role="tutor", template="contract/1", messages=(Message("user", text),)
    )
