"""Tools are called `PLUGIN.NAME`, whatever names a server takes."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from faulty_server import events, whole
from hypothesis import given
from hypothesis import strategies as st
from parrot_server import parrot, piece, said

from plugwright.providers import (
    Completion,
    Message,
    Request,
    ToolCall,
    ToolSpec,
    collected,
    counted,
    streamed,
)
from plugwright_openai.names import Names

COUNT = ToolSpec(name="word-counter.count", summary="", parameters={"type": "object"})
FITS = re.compile(r"[a-zA-Z0-9_-]{1,64}")
NAMES = st.text(st.sampled_from("aZ0_-. é") | st.characters(), max_size=80)


def _asking(*names, calls=()):
    """Ask with these tools, after a turn with these calls and their answers."""
    before = (
        Message("user", "count"),
        Message("assistant", "", calls=tuple(calls)),
        *(Message("tool", "7", answers=call.id) for call in calls),
    )
    return Request(
        role="r",
        template="t/1",
        messages=before if calls else before[:1],
        tools=tuple(replace(COUNT, name=name) for name in names),
    )


@given(st.lists(NAMES, min_size=1, unique=True))
def test_every_name_fits_no_two_are_the_same_and_all_come_back(names):
    calls = tuple(ToolCall(id=name, name=name, arguments={}) for name in names)
    asking = _asking(*names, calls=calls)

    known = Names.of(asking)
    sent = known.sent(asking)

    out = [tool.name for tool in sent.tools]
    assert all(FITS.fullmatch(each) for each in out)
    assert len({*out}) == len(names)
    called = tuple(replace(call, name=each) for call, each in zip(calls, out))  # noqa: B905
    answer = known.received(Completion(text="", calls=called))
    assert [call.name for call in answer.calls] == names
    # What was called before, and what answers it, still belong together.
    assert [call.name for call in sent.messages[1].calls] == out
    ids = [call.id for call in sent.messages[1].calls]
    assert [message.answers for message in sent.messages[2:]] == ids
    assert all(FITS.fullmatch(each) for each in ids if each)


def test_names_that_fit_stay_as_they_are():
    asking = _asking("add", "a__b", calls=[ToolCall(id="c1", name="add", arguments={})])

    assert Names.of(asking).sent(asking) is asking


def test_a_name_gets_a_mark_where_its_likeness_is_there_already():
    names = Names.of(_asking("a.b", "a__b", "a. b", "a._b")).tools

    assert set(names) == {"a.b", "a. b", "a._b"}
    assert len({*names.values(), "a__b"}) == 4


@pytest.mark.parametrize("kind", ["openai", "anthropic", "ollama"])
def test_a_dot_goes_out_as_two_bars_and_comes_back(serve, open_at, kind):
    server = serve(parrot)
    provider = open_at(server, kind)
    call = ToolCall(id="call.1", name="word-counter.count", arguments={})
    asking = _asking("word-counter.count")

    for answer in (provider.complete(asking), collected(streamed(provider, asking))):
        assert [call.name for call in answer.calls] == ["word-counter.count"]
    later = provider.complete(_asking("word-counter.count", calls=[call]))

    assert later.text
    bodies = [asked.content.decode() for asked in server.asked]
    assert all("word-counter__count" in body for body in bodies)
    assert not any("word-counter.count" in body for body in bodies)


def test_a_tool_that_is_no_more_offered_is_still_written_as_before(serve, open_at):
    server = serve(parrot)
    call = ToolCall(id="c", name="old.tool", arguments={})

    open_at(server).complete(_asking(calls=[call]))

    turn = server.asked[0].body["messages"][1]
    assert turn["tool_calls"][0]["function"]["name"] == "old__tool"


def test_what_is_counted_has_the_same_names(serve, open_at):
    server = serve(parrot)

    assert counted(open_at(server, "anthropic"), _asking("word-counter.count")) > 0
    assert server.asked[0].body["tools"][0]["name"] == "word-counter__count"


@pytest.mark.parametrize("name", ["word-counter.count", "word-counter__count", "other"])
def test_a_model_may_say_either_name_and_one_that_nobody_knows(serve, open_at, name):
    function = {"name": name, "arguments": json.dumps({})}
    server = serve(
        whole(200, said(None, "tool_calls", tool_calls=[{"function": function}])),
        events(piece(tool_calls=[{"function": function}]), piece(finish="stop")),
    )
    provider, asking = open_at(server), _asking("word-counter.count")

    for answer in (provider.complete(asking), collected(streamed(provider, asking))):
        (call,) = answer.calls
        assert call.name == ("other" if name == "other" else "word-counter.count")
