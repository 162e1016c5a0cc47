"""A stream that is no answer says what came instead, and what to do about it."""

from __future__ import annotations

import json

import pytest
from parrot_server import piece

from plugwright.errors import Malformed
from plugwright.providers import collected, streamed


@pytest.mark.parametrize(
    ("pieces", "said", "todo"),
    [
        ([b"<html>sign in</html>"], "no answer: <html>sign in", "check that its URL"),
        ([], "broke off: nothing came", "see what the server says"),
        ([piece("")], "broke off: it ended in the middle", "see what the server says"),
        ([b"data: {half\n\n"], "broke off: an event is no object: {half", "ask again"),
    ],
)
def test_a_stream_that_is_none_says_what_came_and_names_the_model_once(
    serve, open_at, ask, pieces, said, todo
):
    def reply(talk):
        talk.head(Content_Type="text/event-stream", Transfer_Encoding="chunked")
        for each in pieces:
            is_raw = isinstance(each, bytes)
            data = each if is_raw else b"data: %s\n\n" % json.dumps(each).encode()
            talk.chunk(data)
        talk.chunk(b"")
        return True

    provider = open_at(serve(reply))

    with pytest.raises(Malformed) as caught:
        collected(streamed(provider, ask()))

    assert said in caught.value.message
    assert caught.value.message.count(provider.name) == 1
    assert todo in caught.value.remedy


def test_what_another_machine_did_not_finish_may_have_been_paid_for(
    serve, open_at, ask
):
    def reply(talk):
        talk.head(Content_Type="text/event-stream", Transfer_Encoding="chunked")
        talk.chunk(b"")
        return True

    class Elsewhere:
        url = "http://models.invalid/v1"

    provider = open_at(Elsewhere, proxy=serve(reply).root, is_open=True)

    with pytest.raises(Malformed) as caught:
        collected(streamed(provider, ask()))

    assert "may have been paid for" in caught.value.remedy
