"""What is measured: time, tokens, and the wait for the first piece."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from opentelemetry.sdk.metrics.export import HistogramDataPoint
from telling import Scripted, Streaming, Told, building, call, says, wants

from plugwright.agents import RunStopped
from plugwright.errors import RateLimited

DURATION = "gen_ai.client.operation.duration"
TOKENS = "gen_ai.client.token.usage"
FIRST = "gen_ai.client.operation.time_to_first_chunk"
MODEL = {"gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5-mini"}


def about(points: Sequence[HistogramDataPoint]) -> list[dict[str, object]]:
    return [{**(point.attributes or {})} for point in points]


def half(number: int) -> float:
    """Halve a number."""
    return number / 2


def test_each_operation_is_measured_by_its_kind(told: Told):
    model = Scripted(wants(call("half", number=7)), says("3.5", model="gpt-5-mini-1"))
    building(model, told.telemetry()).tools(half).build().run("go")
    points = told.measured(DURATION)
    run = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "tutor"}
    chat = {"gen_ai.operation.name": "chat"} | MODEL
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "half"}
    expected = [
        run | MODEL,
        chat,
        chat | {"gen_ai.response.model": "gpt-5-mini-1"},
        tool | {"gen_ai.provider.name": "openai"},
    ]
    assert sorted(about(points), key=str) == sorted(expected, key=str)
    assert {point.count for point in points} == {1}
    assert [*points[0].explicit_bounds] == [0.01 * 2**n for n in range(14)]


def test_tokens_are_measured_where_they_are_counted(told: Told):
    model = Scripted(says("a"), says("b", tokens_in=30, tokens_out=0))
    agent = building(model, told.telemetry()).build()
    agent.run("go")
    agent.run("go")
    points = told.measured(TOKENS)
    found = {(p.attributes or {})["gen_ai.token.type"]: p for p in points}
    assert (found["input"].count, found["input"].sum) == (2, 50)
    assert (found["output"].count, found["output"].sum) == (1, 7)
    assert [*found["input"].explicit_bounds] == [4**n for n in range(14)]


def test_the_wait_for_the_first_piece_is_measured_in_streams_only(told: Told):
    building(Scripted("one two"), told.telemetry()).build().run("go")
    assert told.measured(FIRST) == []
    building(Streaming("one two"), told.telemetry()).build().run("go")
    [point] = told.measured(FIRST)
    assert point.count == 1
    assert about([point]) == [{"gen_ai.operation.name": "chat"} | MODEL]


def test_a_stream_without_text_waited_as_long_as_its_provider_says(told: Told):
    silent = wants(call("half", number=7))
    told_by_it = Streaming(says("", calls=silent.calls, waited=1.5), "")
    told_by_it._words = lambda completion, cancel: iter([_done(completion)])
    building(told_by_it, told.telemetry()).tools(half).build().run("go")
    [point] = told.measured(FIRST)
    assert (point.count, point.sum) == (1, 1.5)


def _done(completion):
    from plugwright.providers import Done

    return Done(completion)


def test_an_error_is_counted_by_its_kind(told: Told):
    agent = building(Scripted(RateLimited("it", "no")), told.telemetry()).build()
    with pytest.raises(RunStopped):
        agent.run("go")
    points = about(told.measured(DURATION))
    assert [each["error.type"] for each in points] == ["RateLimited"] * 2
    assert told.measured(TOKENS) == []


def test_names_that_a_model_thought_up_are_one_in_the_measurements(told: Told):
    calls = [call(f"made-up-{n}", f"call-{n}") for n in range(5)]
    building(Scripted(wants(*calls), "done"), told.telemetry()).build().run("go")
    points = about(told.measured(DURATION))
    names = [each["gen_ai.tool.name"] for each in points if "gen_ai.tool.name" in each]
    assert names == ["_OTHER"]
