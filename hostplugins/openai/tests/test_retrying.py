"""A call is tried again when that is free, as late as the server wants, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from faulty_server import events, hang_up, whole
from parrot_server import parrot, piece, said

from plugwright import Agent
from plugwright.errors import Malformed, RateLimited, Unavailable
from plugwright.providers import (
    Cancel,
    Done,
    Finish,
    Sampling,
    collected,
    streamed,
)
from plugwright_openai.retrying import Retrying, retry_after
from plugwright_openai.settings import Endpoint

OK = whole(200, said("hello"))


@pytest.mark.parametrize("status", [408, 409, 429, 500, 503, 529])
def test_what_was_not_begun_is_tried_again(serve, open_at, ask, status):
    server = serve(whole(status, {}), whole(status, {}), OK)

    assert open_at(server).complete(ask()).text == "hello"
    assert len(server.asked) == 3
    assert len({asked.content for asked in server.asked}) == 1


@pytest.mark.parametrize("status", [502, 504, 524])
def test_what_a_gateway_lost_may_be_paid_for_and_is_not(serve, open_at, ask, status):
    server = serve(whole(status, {}), OK)

    with pytest.raises(Unavailable):
        open_at(server).complete(ask())

    assert len(server.asked) == 1


@pytest.mark.parametrize("first", [hang_up, whole(502, {}), whole(504, {})])
def test_a_server_that_knows_a_call_again_may_be_asked_again(
    serve, open_at, ask, first
):
    server = serve(first, OK)

    answer = open_at(server, idempotency="Idempotency-Key").complete(ask())

    assert answer.text == "hello"
    keys = [asked.headers["idempotency-key"] for asked in server.asked]
    assert len(keys) == 2
    assert len({*keys}) == 1


def test_two_calls_have_two_keys(serve, open_at, ask):
    server = serve(parrot)
    provider = open_at(server, idempotency="Idempotency-Key")
    provider.complete(ask())
    provider.complete(ask())

    assert len({asked.headers["idempotency-key"] for asked in server.asked}) == 2


def test_a_question_with_a_name_has_the_same_key_in_every_process(serve, open_at, ask):
    server = serve(parrot)
    for _ in range(2):
        provider = open_at(server, idempotency="Idempotency-Key")
        provider.complete(replace(ask(), once="run-1"))

    assert {asked.headers["idempotency-key"] for asked in server.asked} == {"run-1"}


def test_what_is_another_question_for_the_server_has_another_key(serve, open_at, ask):
    unknown = {"error": {"message": "Unknown parameter: 'seed'.", "param": "seed"}}
    server = serve(whole(400, unknown), parrot)
    provider = open_at(server, idempotency="Idempotency-Key")
    seeded = replace(ask(), once="run-1", sampling=Sampling(seed=1))
    provider.complete(seeded)

    keys = [asked.headers["idempotency-key"] for asked in server.asked]
    assert keys == ["run-1", "run-1-seed"]


def test_a_question_that_vanished_is_not_asked_again(serve, open_at, ask):
    server = serve(hang_up, OK)

    with pytest.raises(Unavailable, match="did not answer") as caught:
        open_at(server).complete(ask())

    assert len(server.asked) == 1
    assert caught.value.is_worth_retrying is False
    assert "bill" in caught.value.remedy


def test_nothing_is_asked_again_after_the_first_byte_of_an_answer(serve, open_at, ask):
    server = serve(events(piece("hel"), cut=True), OK)

    with pytest.raises(Malformed):
        collected(streamed(open_at(server, idempotency="Idempotency-Key"), ask()))

    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
def test_what_will_not_change_is_not_tried_again(serve, open_at, ask, status):
    server = serve(whole(status, {}))

    with pytest.raises(Exception, match=str(status)):
        open_at(server).complete(ask())

    assert [*server.paths].count("/v1/chat/completions") == 1


def test_no_credit_is_not_waited_for(serve, open_at, ask):
    error = {"message": "You exceeded your quota", "code": "insufficient_quota"}
    server = serve(whole(429, {"error": error}))

    with pytest.raises(RateLimited) as caught:
        open_at(server).complete(ask())

    assert len(server.asked) == 1
    assert caught.value.is_worth_retrying is False
    assert "account" in caught.value.remedy


def test_retries_end(serve, open_at, ask):
    server = serve(whole(503, {}))

    with pytest.raises(Unavailable):
        open_at(server, retries=2).complete(ask())

    assert len(server.asked) == 3


def test_a_server_that_asks_for_too_long_a_wait_is_not_waited_for(serve, open_at, ask):
    server = serve(whole(429, {}, Retry_After="3600"))

    with pytest.raises(RateLimited) as caught:
        open_at(server).complete(ask())

    assert caught.value.retry_after == 3600
    assert "ask again in 60 min" in caught.value.remedy
    assert len(server.asked) == 1


def test_a_server_may_forbid_and_demand_a_retry(serve, open_at, ask):
    forbids = serve(whole(503, {}, X_Should_Retry="false"), OK)
    with pytest.raises(Unavailable):
        open_at(forbids).complete(ask())
    demands = serve(whole(502, {}, X_Should_Retry="true"), OK)

    assert open_at(demands).complete(ask()).text == "hello"


def test_a_wish_to_cancel_ends_a_wait(serve, open_at, ask):
    cancel = Cancel()

    def reply(talk):
        whole(429, {}, Retry_After="500")(talk)
        cancel.wish()
        return True

    provider = open_at(serve(reply), patience=1000.0)

    (done,) = streamed(provider, ask(), cancel)

    assert isinstance(done, Done)
    assert done.completion.finish is Finish.CANCELLED


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_a_wait_is_never_shorter_than_was_asked_for(chance):
    retrying = Retrying(Endpoint(url="http://h/v1"), chance=lambda: chance)
    header = {"retry-after": "7"}.get

    wait = retrying.after_status(1, 429, lambda n: header(n) or "", is_free=False)

    assert 7 <= wait <= 7.7


def test_waits_grow_are_spread_and_have_a_limit():
    def waits(chance):
        retrying = Retrying(Endpoint(url="http://h/v1", retries=9), lambda: chance)
        return [
            retrying.after_nothing(tries, was_sent=False, is_free=False)
            for tries in range(1, 11)
        ]

    assert waits(1.0)[:6] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    assert waits(0.0)[:3] == [0.25, 0.5, 1.0]
    assert waits(0.5)[9] is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after": "-4"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, None),
        (
            {
                "retry-after": "Wed, 21 Oct 2015 07:28:00 GMT",
                "date": "Wed, 21 Oct 2015 07:27:30 GMT",
            },
            30.0,
        ),
        ({}, None),
    ],
)
def test_what_a_server_asks_for_is_read_in_all_its_forms(headers, seconds):
    assert retry_after(lambda name: headers.get(name, "")) == seconds


def test_a_date_is_so_many_seconds_from_now():
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)

    seconds = retry_after(lambda name: date if name == "retry-after" else "")

    assert 90 <= seconds <= 100


def test_a_run_of_an_agent_counts_each_retry_as_what_hurt(serve, open_at, tmp_path):
    model = open_at(serve(whole(503, {}), OK))
    agent = Agent.builder("tester").model(model).records(tmp_path / "runs.db").build()

    assert agent.run("hello?").text == "hello"
    [hurt] = agent.book.pains()
    assert "retry" in hurt
    assert "`127.0.0.1` said 503" in hurt
