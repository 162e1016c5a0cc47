"""Which requests are the same, and which call is which."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from plugwright.providers import Message, Sampling, ToolCall, ToolSpec
from plugwright_cassette.key import Calls, key


def test_equal_requests_have_one_key(ask):
    assert key(ask()) == key(ask())


def test_every_part_of_a_request_changes_its_key(ask):
    request = ask()
    others = [
        replace(request, role="reviewer"),
        replace(request, template="implementer/2"),
        replace(request, messages=(Message("user", "Write a plugin."),)),
        replace(request, messages=request.messages[::-1]),
        replace(request, sampling=Sampling(seed=1)),
        replace(request, sampling=Sampling(temperature=0.9)),
        replace(request, sampling=Sampling(max_tokens=1)),
        replace(request, grammar='root ::= "a"'),
    ]

    assert len({key(request), *map(key, others)}) == 9


def test_a_whole_temperature_and_its_float_are_the_same(ask):
    zero, whole = Sampling(temperature=0.0), Sampling(temperature=0)

    assert key(replace(ask(), sampling=zero)) == key(replace(ask(), sampling=whole))


def test_the_key_does_not_change_between_versions(ask):
    """Recordings in repositories depend on it."""
    digest = "1b194371a3077926582ab613a9c55093bb6bfeb218db617ce6b6192d2ecaf1f2"

    assert key(ask()) == digest


def test_calls_are_counted_for_each_key(ask):
    calls = Calls()
    numbers = [calls.take(ask(text)).n for text in ("a", "b", "a", "a", "b")]

    assert numbers == [1, 1, 2, 3, 2]


def test_a_call_that_fails_gives_its_number_back(ask):
    calls = Calls()
    with pytest.raises(ZeroDivisionError), calls.numbered(ask()):
        raise ZeroDivisionError

    with calls.numbered(ask()) as call:
        assert call.n == 1
    assert calls.take(ask()).n == 2


def test_threads_never_share_a_number(ask):
    calls = Calls()
    with ThreadPoolExecutor(8) as pool:
        numbers = pool.map(lambda _: calls.take(ask()).n, range(500))

    assert sorted(numbers) == list(range(1, 501))


def test_what_requests_learned_later_changes_the_key_only_where_it_is_used(ask):
    request = ask()
    tool = ToolSpec(name="add", summary="Add.", parameters={"type": "object"})
    call = ToolCall(id="c1", name="add", arguments={"a": 1})
    others = [
        replace(request, sampling=Sampling(stop=("END",))),
        replace(request, tools=(tool,)),
        replace(request, tools=(replace(tool, summary="Sum."),)),
        replace(request, schema={}),
        replace(request, schema={"type": "object"}),
        replace(request, messages=(Message("assistant", "", calls=(call,)),)),
        replace(request, messages=(Message("assistant", ""),)),
        replace(request, messages=(Message("tool", "5", answers="c1"),)),
        replace(request, messages=(Message("tool", "5", answers="c2"),)),
    ]

    assert len({key(request), *map(key, others)}) == 10
    assert key(replace(request, tools=(), schema=None)) == key(request)
