import pytest
from plugin import count, greet

from plugwright_sdk import InputError
from plugwright_sdk.testing import emitted, logged, send, set_clock, store, stored


def test_it_greets_in_the_language_that_was_asked_for():
    set_clock("2026-03-01T09:30:00")

    assert greet("Ada") == {"text": "Hello, Ada!", "on": "2026-03-01"}
    assert greet(name="Ada", language="fr")["text"] == "Bonjour, Ada!"


def test_a_language_that_it_does_not_speak_is_refused():
    with pytest.raises(InputError) as refused:
        greet("Ada", "fx")

    assert refused.value.path == "language"


def test_it_counts_from_nothing_in_every_test():
    assert count() == 0

    greet("Ada")

    assert count() == stored("greeted") == 1


def test_it_forgets_people_who_left():
    store("greeted", 5)

    assert send("people-left", {"names": ["Ada", "Alan"]}) == 1
    assert count() == 3


def test_it_tells_others():
    greet("Ada")

    assert emitted() == [{"name": "greeted", "data": {"name": "Ada"}}]
    assert logged() == [
        {"level": "info", "message": "greeted", "fields": {"name": "Ada"}}
    ]
