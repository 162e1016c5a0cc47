"""The provider that says what it was told to say."""

from __future__ import annotations

import pytest

from plugwright.errors import UsageError
from plugwright.providers import Completion
from plugwright_cassette.scripted import Scripted


def test_a_list_is_answered_in_order(ask):
    provider = Scripted(["one", Completion(text="two", tokens_out=7)])

    assert provider.complete(ask()) == Completion(text="one")
    assert provider.complete(ask()) == Completion(text="two", tokens_out=7)


def test_a_function_sees_the_request(ask):
    provider = Scripted(lambda request: f"I am the {request.role}")

    assert provider.complete(ask(role="reviewer")).text == "I am the reviewer"


def test_it_remembers_what_was_asked(ask):
    provider = Scripted(["one", "two"])
    provider.complete(ask("a"))
    provider.complete(ask("b"))

    assert provider.requests == [ask("a"), ask("b")]


def test_the_end_of_the_script_is_an_error_that_says_who_asked(ask):
    provider = Scripted(["one"])
    provider.complete(ask())

    with pytest.raises(UsageError, match=r"before call 2, of `implementer`"):
        provider.complete(ask())
