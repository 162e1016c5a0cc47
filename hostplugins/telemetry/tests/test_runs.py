"""A run is a tree of spans: the agent, what it asked, what it had called."""

from __future__ import annotations

import asyncio
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import SpanKind, StatusCode
from telling import Scripted, Streaming, Told, building, call, says, wants

from plugwright.agents import Ability, Again, Agent, LimitReached, RunStopped
from plugwright.errors import PlugwrightError, RateLimited, Unavailable
from plugwright.providers import Cancel, Sampling

TREE = [
    "invoke_agent tutor",
    "  chat gpt-5-mini",
    "  execute_tool half",
    "  chat gpt-5-mini",
]


def half(number: int) -> float:
    """Halve a number."""
    return number / 2


def script() -> list[Any]:
    return [
        wants(call("half", number=7)),
        says("It is 3.5.", model="gpt-5-mini-2025-08-07", tokens_cached=8),
    ]


def test_a_run_is_a_tree_of_what_it_asked_and_called(told: Told):
    agent = building(Scripted(*script()), told.telemetry()).tools(half)
    agent = agent.sampling(Sampling(temperature=0.5, seed=3, max_tokens=99)).build()
    assert agent.run("half of 7?").text == "It is 3.5."

    assert told.tree == TREE
    run, first, tool, second = told.spans
    assert [each.kind for each in told.spans] == [
        *(SpanKind.INTERNAL, SpanKind.CLIENT, SpanKind.INTERNAL, SpanKind.CLIENT)
    ]
    assert {each.status.status_code for each in told.spans} == {StatusCode.UNSET}
    assert run.attributes == {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5-mini",
        "gen_ai.agent.name": "tutor",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 99,
        "gen_ai.usage.input_tokens": 30,
        "gen_ai.usage.output_tokens": 12,
        "gen_ai.usage.cache_read.input_tokens": 8,
    }
    asked = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-5-mini",
        "gen_ai.request.temperature": 0.5,
        "gen_ai.request.max_tokens": 99,
        "gen_ai.request.seed": 3,
    }
    assert first.attributes == asked | {
        "gen_ai.response.finish_reasons": ("tool_call",),
        "gen_ai.usage.input_tokens": 10,
        "gen_ai.usage.output_tokens": 5,
    }
    assert second.attributes == asked | {
        "gen_ai.response.model": "gpt-5-mini-2025-08-07",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 7,
        "gen_ai.usage.cache_read.input_tokens": 8,
    }
    assert tool.attributes == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.provider.name": "openai",
        "gen_ai.tool.name": "half",
        "gen_ai.tool.call.id": "call-1",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.description": "Halve a number.",
    }
    scope = run.instrumentation_scope
    assert scope is not None
    assert (scope.name, scope.schema_url) == (
        *("plugwright_telemetry", "https://opentelemetry.io/schemas/1.41.1"),
    )


def test_what_is_told_of_what_goes_on_around_it_is_in_the_tree(told: Told):
    tracer = told.tracers.get_tracer("test")

    class Inner(Scripted):
        def complete(self, request):
            with tracer.start_as_current_span("POST"):
                return super().complete(request)

    def look_up(word: str) -> str:
        """Look a word up."""
        with tracer.start_as_current_span("SELECT"):
            return word

    model = Inner(wants(call("look_up", word="half")), "done")
    agent = building(model, told.telemetry()).tools(look_up).build()
    with tracer.start_as_current_span("request"):
        agent.run("go")
        assert trace.get_current_span().name == "request"  # type: ignore[attr-defined]
    assert told.tree == [
        "request",
        "  invoke_agent tutor",
        "    chat gpt-5-mini",
        "      POST",
        "    execute_tool look_up",
        "      SELECT",
        "    chat gpt-5-mini",
        "      POST",
    ]


def test_an_agent_that_is_a_tool_is_within_that_tool(told: Told):
    inner = building(Scripted("3.5"), told.telemetry()).build()

    def ask_another(question: str) -> str:
        """Ask another agent."""
        return inner.run(question).text

    model = Scripted(wants(call("ask_another", question="?")), "done")
    building(model, told.telemetry()).tools(ask_another).build().run("go")
    assert told.tree == [
        "invoke_agent tutor",
        "  chat gpt-5-mini",
        "  execute_tool ask_another",
        "    invoke_agent tutor",
        "      chat gpt-5-mini",
        "  chat gpt-5-mini",
    ]


def test_the_run_of_the_record_is_the_conversation_of_each_call(told: Told, tmp_path):
    builder = building(Scripted("done"), told.telemetry())
    with builder.records(tmp_path / "runs.db").build() as agent:
        run = agent.run("go").run
    assert {
        span.attributes["gen_ai.conversation.id"]  # type: ignore[index]
        for span in told.spans
    } == {run}


def test_what_goes_on_counts_what_is_new_and_a_replay_nothing(told: Told, tmp_path):
    model = Scripted(wants(call("half", number=7)), Unavailable("it", "is away"))
    builder = building(model, told.telemetry()).tools(half)
    with builder.records(tmp_path / "runs.db").build() as agent:
        with pytest.raises(RunStopped) as stopped:
            agent.run("half of 7?")
        told.exporter.clear()
        model.answers.append("done")
        result = agent.resume(stopped.value)
        assert told.tree == ["invoke_agent tutor", "  chat gpt-5-mini"]
        run = told.span("invoke_agent tutor").attributes
        assert run is not None
        assert run["gen_ai.usage.input_tokens"] == 20
        assert run["gen_ai.conversation.id"] == stopped.value.run

        told.exporter.clear()
        replay = agent.replay(result.run)
        assert replay.result is not None
        assert replay.result.text == "done"
        assert told.tree == []


# Errors.


def test_an_error_of_the_model_is_named_by_its_kind_and_not_by_its_words(told: Told):
    agent = building(Scripted(RateLimited("it", "no, Ann")), told.telemetry()).build()
    with pytest.raises(RunStopped):
        agent.run("go")
    for span in told.spans:
        assert span.attributes is not None
        assert span.attributes["error.type"] == "RateLimited"
        assert span.status.status_code is StatusCode.ERROR
        assert span.status.description is None
        assert not span.events
    assert told.tree == TREE[:2]


def test_what_was_asked_again_after_an_error_is_no_error_of_the_run(told: Told):
    class Stubborn(Ability):
        def around(self, run, request, ask):
            try:
                return ask(request)
            except Unavailable:
                return ask(request)

    model = Scripted(Unavailable("it", "is away"), "done")
    building(model, Stubborn(), told.telemetry()).build().run("go")
    assert told.tree == [*TREE[:2], TREE[1]]
    kinds = [(span.attributes or {}).get("error.type") for span in told.spans]
    assert kinds == [None, "Unavailable", None]


@pytest.mark.parametrize(
    ("answers", "limits", "kind"),
    [
        (["a", "b"], {}, "Misfit"),
        ([wants(call("half", number=7)), "b"], {"requests": 1}, "LimitReached"),
        ([wants(call("half", number=7)), "b"], {"tool_calls": 0}, "LimitReached"),
        ([ValueError("oh")], {}, "BrokeContract"),
        ([KeyboardInterrupt()], {}, "KeyboardInterrupt"),
    ],
)
def test_a_run_says_what_ended_it(told: Told, answers, limits, kind):
    class Picky(Ability):
        def after(self, run, completion):
            if completion.text:
                raise Again("That will not do.")
            return completion

    model = Scripted(*answers)
    agent = building(model, Picky(), told.telemetry()).tools(half).limits(**limits)
    with pytest.raises((RunStopped, KeyboardInterrupt)):
        agent.build().run("go")
    run = told.span("invoke_agent tutor")
    assert (run.attributes or {})["error.type"] == kind
    assert run.status.status_code is StatusCode.ERROR


def test_a_limit_that_ends_a_run_is_no_call_of_the_model(told: Told):
    agent = building(Scripted("x"), told.telemetry()).limits(requests=0).build()
    with pytest.raises(LimitReached):
        agent.run("go")
    assert told.tree == ["invoke_agent tutor"]


def test_an_error_of_the_listener_has_its_own_name(told: Told):
    def listen(event: object) -> None:
        raise LookupError("not mine")

    agent = building(Streaming("one two"), told.telemetry()).build()
    with pytest.raises(LookupError):
        agent.run("go", listen=listen)
    run = told.span("invoke_agent tutor")
    assert (run.attributes or {})["error.type"] == "LookupError"


@pytest.mark.parametrize("problem", ["raises", "is refused", "is unknown"])
def test_a_call_that_came_to_nothing_is_an_error_of_the_tool_alone(told: Told, problem):
    def halve(number: int) -> float:
        """Halve a number."""
        raise ZeroDivisionError("Ann")

    name = "h\ud800 Ann" if problem == "is unknown" else "halve"
    model = Scripted(wants(call(name, number=1)), "done")
    builder = building(model, told.telemetry()).tools(halve)
    if problem == "is refused":
        builder = builder.approval("never", "halve")
    builder.build().run("go")

    run, _, tool, _ = told.spans
    known = "_OTHER" if problem == "is unknown" else "halve"
    assert tool.name == f"execute_tool {known}"
    assert (tool.attributes or {})["error.type"] == "tool_error"
    assert tool.status.status_code is StatusCode.ERROR
    assert tool.status.description is None
    assert "error.type" not in (run.attributes or {})


# Streams, threads, loops.


def test_a_stream_tells_when_its_first_piece_came(told: Told):
    agent = building(Streaming("one two"), told.telemetry()).build()
    assert [*agent.stream("go")]
    chat = told.span("chat gpt-5-mini").attributes or {}
    assert chat["gen_ai.request.stream"] is True
    assert 0 < chat["gen_ai.response.time_to_first_chunk"] < 30  # type: ignore[operator]
    assert told.tree == TREE[:2]


def test_whoever_reads_a_stream_is_not_within_the_call(told: Told):
    agent = building(Streaming("one two"), told.telemetry()).build()
    seen = []
    agent.run("go", listen=lambda _: seen.append(trace.get_current_span()))
    names = {getattr(span, "name", "") for span in seen[:-1]}
    assert names == {"invoke_agent tutor"}
    assert not trace.get_current_span().is_recording()


def test_a_stream_that_is_left_ends_its_spans(told: Told):
    model = Streaming("one ... three")
    agent = building(model, told.telemetry()).build()
    stream = agent.stream("go")
    next(stream)
    stream.close()
    assert told.tree == TREE[:2]
    chat = told.span("chat gpt-5-mini")
    assert (chat.attributes or {})["gen_ai.response.finish_reasons"] == ("cancelled",)
    assert chat.status.status_code is StatusCode.UNSET
    run = told.span("invoke_agent tutor")
    assert (run.attributes or {})["error.type"] == "RunCancelled"


def test_a_wish_to_cancel_reaches_the_model(told: Told):
    cancel, model = Cancel(), Streaming("one ... three")
    agent = building(model, told.telemetry()).build()
    with pytest.raises(RunStopped):
        agent.run("go", cancel=cancel, listen=lambda _: cancel.wish())
    assert model.is_closed
    run = told.span("invoke_agent tutor")
    assert (run.attributes or {})["error.type"] == "RunCancelled"


def test_a_run_on_a_loop_is_within_what_awaits_it(told: Told):
    tracer = told.tracers.get_tracer("test")

    async def slow(number: int) -> float:
        """Halve a number, slowly."""
        with tracer.start_as_current_span("sleeps"):
            await asyncio.sleep(0)
        return number / 2

    model = Scripted(wants(call("slow", number=7)), "done")
    agent = building(model, told.telemetry()).tools(slow).build()

    async def main() -> None:
        with tracer.start_as_current_span("request"):
            await agent.arun("go")

    asyncio.run(main())
    assert told.tree == [
        "request",
        "  invoke_agent tutor",
        "    chat gpt-5-mini",
        "    execute_tool slow",
        "      sleeps",
        "    chat gpt-5-mini",
    ]


class Together(Streaming):
    """Answers when as many have asked as will; says what it was asked."""

    def __init__(self, many: int) -> None:
        super().__init__()
        self.gate = threading.Barrier(many, timeout=30)

    def complete(self, request):
        self.gate.wait()
        if request.messages[-1].role == "tool":
            return says(request.messages[-1].content)
        return wants(call("half", number=int(request.messages[-1].content)))


def numbers(told: Told) -> dict[int, list[str]]:
    """Give what is in each run, by what it was asked."""
    found = {}
    for run in told.spans:
        if run.parent is None:
            mine = [
                span
                for span in told.spans
                if span.parent and span.parent.span_id == run.context.span_id
            ]
            [asked] = [s for s in mine if s.name.startswith("execute_tool")]
            number = (asked.attributes or {})["gen_ai.tool.call.arguments"]
            found[int(str(number).strip('{}"number: '))] = [s.name for s in mine]
    return found


def test_runs_at_the_same_time_are_not_mixed_up(told: Told):
    agent = building(Together(8), told.telemetry(content=True)).tools(half).build()
    with ThreadPoolExecutor(8) as threads:
        found = threads.map(lambda n: agent.run(str(n)).text, range(8))
        assert [*found] == [str(n / 2) for n in range(8)]
    inside = [line.strip() for line in TREE[1:]]
    assert numbers(told) == dict.fromkeys(range(8), inside)


def test_runs_at_the_same_time_on_one_loop_are_not_mixed_up(told: Told):
    agent = building(Together(8), told.telemetry(content=True)).tools(half).build()

    async def one(number: int) -> None:
        async for _ in agent.astream(str(number)):
            pass

    async def main() -> None:
        await asyncio.gather(*(one(number) for number in range(8)))

    asyncio.run(main())
    inside = [line.strip() for line in TREE[1:]]
    assert numbers(told) == dict.fromkeys(range(8), inside)


def test_a_run_that_could_not_begin_is_told_and_forgotten(told: Told):
    class Broken(Ability):
        def instructions(self, run):
            raise ValueError("not today")

    telemetry = told.telemetry()
    agent: Agent[str] = building(Scripted(), telemetry, Broken()).build()
    with pytest.raises(PlugwrightError, match="not today"):
        agent.run("go")
    assert told.tree == TREE[:1]
    assert (told.spans[0].attributes or {})["error.type"] == "BrokeContract"
    gc.collect()
    assert not telemetry._under
