"""A key goes to its own server, and is shown to nobody."""

from __future__ import annotations

import json
import traceback

import pytest
from faulty_server import events, whole
from parrot_server import parrot

from plugwright.errors import Malformed, NotAuthenticated, PlugwrightError, UsageError
from plugwright.providers import collected, streamed
from plugwright.secrets import Secret

KEY = "sk-very-secret-0123456789"


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setenv("TEST_MODEL_KEY", KEY)
    return Secret("env:TEST_MODEL_KEY")


@pytest.mark.parametrize(
    ("kind", "header", "text"),
    [
        ("openai", "authorization", f"Bearer {KEY}"),
        ("ollama", "authorization", f"Bearer {KEY}"),
        ("anthropic", "x-api-key", KEY),
    ],
)
def test_each_api_gets_its_key_as_it_wants_it(
    serve, open_at, ask, key, kind, header, text
):
    server = serve(parrot)

    open_at(server, kind, key=key).complete(ask())

    assert server.asked[0].headers[header] == text


def test_a_key_may_be_in_a_file_and_may_change(serve, open_at, ask, tmp_path):
    server, place = serve(parrot), tmp_path / "key"
    provider = open_at(server, key=Secret(f"file:{place}"))
    for text in ("first-key", "second-key"):
        place.write_text(f"{text}\n")
        provider.complete(ask())

    sent = [asked.headers["authorization"] for asked in server.asked]
    assert sent == ["Bearer first-key", "Bearer second-key"]


def test_no_key_is_said_with_the_place_where_it_should_be(serve, open_at, ask):
    server = serve(parrot)
    provider = open_at(server, key=Secret("env:NOT_SET_ANYWHERE"))

    with pytest.raises(NotAuthenticated, match="NOT_SET_ANYWHERE"):
        provider.complete(ask())

    assert server.asked == []


@pytest.mark.parametrize("text", ["", "  ", "two\nlines", "schlüssel", "a\tb"])
def test_what_is_no_key_is_not_sent(serve, open_at, ask, monkeypatch, text):
    monkeypatch.setenv("TEST_MODEL_KEY", text)
    server = serve(parrot)

    with pytest.raises(NotAuthenticated, match="is not a key"):
        open_at(server, key=Secret("env:TEST_MODEL_KEY")).complete(ask())

    assert server.asked == []


def _echoing(status):
    def reply(talk):
        said = json.dumps(talk.asked.headers)
        return whole(status, {"error": {"message": said, "code": said}})(talk)

    return reply


@pytest.mark.parametrize("status", [200, 400, 401, 404, 429, 500])
@pytest.mark.parametrize("kind", ["openai", "anthropic"])
def test_a_server_that_repeats_the_key_shows_it_to_nobody(
    serve, open_at, ask, key, status, kind
):
    provider = open_at(serve(_echoing(status)), kind, key=key, retries=0)
    for call in (provider.complete, lambda r: collected(streamed(provider, r))):
        with pytest.raises(PlugwrightError) as caught:
            call(ask())

        assert "secret]" in caught.value.message
        assert KEY not in str(caught.value)
        assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_key_in_what_is_not_as_agreed_is_hidden_too(serve, open_at, ask, key):
    provider = open_at(serve(whole(200, f"<p>{KEY}</p>".encode())), key=key)

    with pytest.raises(Malformed) as caught:
        provider.complete(ask())

    assert caught.value.text == "<p>[secret]</p>"


def test_a_key_in_an_event_is_hidden_too(serve, open_at, ask, key):
    provider = open_at(serve(events(f"data: <{KEY}\n\n".encode())), key=key)

    with pytest.raises(Malformed) as caught:
        collected(streamed(provider, ask()))

    assert KEY not in str(caught.value)


def test_a_key_does_not_travel_unencrypted_to_another_machine(open_at, ask, key):
    class Elsewhere:
        url = "http://models.invalid/v1"

    with pytest.raises(UsageError, match="unencrypted"):
        open_at(Elsewhere, key=key).complete(ask())


def test_unless_its_owner_says_so(open_at, ask, key):
    class Elsewhere:
        url = "http://models.invalid/v1"

    with pytest.raises(PlugwrightError, match="cannot be reached"):
        open_at(Elsewhere, key=key, is_open=True, retries=0).complete(ask())
