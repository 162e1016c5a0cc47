"""What every provider promises.

What a provider says of itself in `capabilities` is what it is held to; what it does not
promise is skipped, with the reason.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from threading import Event as Signal
from threading import Thread
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry

from plugwright.errors import Malformed, PlugwrightError, TooLong, UsageError
from plugwright.host import Host
from plugwright.providers import (
    Cancel,
    Capabilities,
    Closes,
    Completion,
    Done,
    Embeds,
    Event,
    Finish,
    Message,
    Piece,
    Provider,
    Request,
    Sampling,
    Streams,
    ToolCall,
    ToolSpec,
    able,
    counted,
    streamed,
)
from plugwright_sdk.kit.contracts.contract import ODD_TEXTS, Contract
from plugwright_sdk.kit.contracts.elsewhere import Elsewhere

HALF_A_CHARACTER = "\ud83d"
"""What JSON can write and UTF-8 cannot."""
ADD = ToolSpec(
    name="add",
    summary="Add two numbers.",
    parameters={
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "required": ["a", "b"],
        "additionalProperties": False,
    },
)
YES_OR_NO: dict[str, Any] = {
    "type": "object",
    "properties": {"answer": {"enum": ["yes", "no"]}},
    "required": ["answer"],
    "additionalProperties": False,
}
EITHER_OR = 'root ::= "either" | "or"\n'
NAMES = ("add", "word-counter.count", "größe.zählen", "a b/c:d", "n" * 64 + ".long")
"""Of tools; most are `PLUGIN.NAME`, which many servers refuse."""
ALIKE = ("a.b", "a_b", "a__b", "a-b")
AWAY: tuple[dict[str, Any], ...] = (
    {"$ref": "{url}"},
    {"type": "object", "properties": {"answer": {"$ref": "{url}#/$defs/a"}}},
    {"enum": ["yes", "no"], "not": {"$ref": "{url}"}},
    {"enum": ["yes", "no"], "not": {"$dynamicRef": "{url}#a"}},
    {"$id": "{url}", "enum": ["yes", "no"], "not": {"$ref": "other.json"}},
    {"$schema": "{url}", "enum": ["yes", "no"]},
)
"""Schemas with something that is not in them; none may be fetched."""
LONGEST_CONTEXT = 200_000
"""Tokens; nobody wants to pay for more, to see that it is refused."""
SOON = 10.0
"""Seconds in which a wish to cancel is answered; only who hangs takes so long."""
PATIENCE = 300.0
"""Seconds to wait for the first word, while a model may be loaded."""


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

    @pytest.fixture
    def sampling(self) -> Sampling:
        """How it is asked; give a model of your own fewer tokens, to be quick."""
        return Sampling(temperature=0.0, max_tokens=64)

    @pytest.fixture
    def half(self, sampling: Sampling) -> Request:
        """A plain question."""
        return _request("What is a half?", sampling)

    @pytest.fixture
    def can(self, provider: Provider) -> Capabilities:
        """What the provider says that it can."""
        return able(provider)

    @pytest.fixture
    def stands_in(self) -> bool:
        """Whether it only stands in for a model: as a script, a recording, a mistake.

        What a grammar asks for is then up to whoever wrote, or gave, the answers.
        """
        return False

    @pytest.fixture
    def elsewhere(self) -> Iterator[Elsewhere]:
        """Somewhere that no provider should go."""
        place = Elsewhere()
        yield place
        place.close()

    # What it says of itself.

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

    def test_it_has_what_its_capabilities_promise(
        self, provider: Provider, can: Capabilities
    ) -> None:
        assert isinstance(can, Capabilities)
        assert can.context >= 0
        assert can.streams == isinstance(provider, Streams)
        assert isinstance(provider, Embeds) or not can.embeds

    # Its answers.

    def test_the_answer_is_text_and_tokens_are_counts(
        self, provider: Provider, half: Request
    ) -> None:
        answer = provider.complete(half)

        assert isinstance(answer, Completion)
        assert isinstance(answer.text, str)
        assert isinstance(answer.finish, Finish)
        for tokens in (answer.tokens_in, answer.tokens_out, answer.tokens_cached):
            assert isinstance(tokens, int)
            assert tokens >= 0
        assert answer.tokens_cached <= answer.tokens_in
        assert 0 <= answer.waited <= max(answer.seconds, answer.waited)

    def test_who_counts_says_what_an_answer_took(
        self, provider: Provider, can: Capabilities, half: Request
    ) -> None:
        _promised(can.counts, "does not count")

        for answer in (provider.complete(half), _end_of(streamed(provider, half))):
            assert answer.tokens_in > 0
            assert answer.tokens_out > 0 or not (answer.text or answer.calls)
            assert answer.seconds > 0

    def test_a_conversation_is_answered_as_a_whole(
        self, provider: Provider, half: Request
    ) -> None:
        messages = (
            Message("system", "Be short."),
            Message("user", "What is a half?"),
            Message("assistant", "One of two."),
            Message("user", "And a third?"),
        )

        answer = provider.complete(replace(half, messages=messages))

        assert isinstance(answer.text, str)

    @pytest.mark.parametrize("text", ODD_TEXTS, ids=range(len(ODD_TEXTS)))
    def test_odd_characters_are_answered_or_refused_in_words(
        self, provider: Provider, sampling: Sampling, text: str
    ) -> None:
        with suppress(PlugwrightError):
            answer = provider.complete(_request(text, sampling))
            assert isinstance(answer.text, str)

    def test_half_a_character_is_answered_or_refused_in_words(
        self, provider: Provider, sampling: Sampling
    ) -> None:
        with suppress(PlugwrightError):
            answer = provider.complete(_request(HALF_A_CHARACTER, sampling))
            assert isinstance(answer.text, str)

    # Piece by piece.

    def test_pieces_are_the_answer_and_its_end_comes_once(
        self, provider: Provider, half: Request
    ) -> None:
        events = [*streamed(provider, half)]

        done = _end_of(events)
        assert _text_of(events) == done.text
        assert done.tokens_in >= 0
        assert done.tokens_out >= 0

    def test_streamed_it_is_the_same_answer(
        self, provider: Provider, can: Capabilities, half: Request
    ) -> None:
        _promised(can.streams, "does not stream")

        whole = provider.complete(half)
        done = _end_of([*streamed(provider, half)])

        assert (done.text, done.finish) == (whole.text, whole.finish)
        assert _called(done) == _called(whole)

    def test_a_wish_before_the_first_word_ends_it(
        self, provider: Provider, half: Request
    ) -> None:
        cancel = Cancel()
        cancel.wish()

        events = [*streamed(provider, half, cancel)]

        assert _end_of(events).finish is Finish.CANCELLED

    def test_a_wish_in_the_middle_ends_it_in_order(
        self, provider: Provider, can: Capabilities, half: Request
    ) -> None:
        _promised(can.streams, "does not stream")
        cancel = Cancel()
        events: list[Event] = []

        for event in streamed(provider, half, cancel):
            events.append(event)
            cancel.wish()

        done = _end_of(events)
        assert _text_of(events) == done.text
        # What was said before anybody could wish is said, and its end is as it was.
        assert done.finish is Finish.CANCELLED or len(events) <= 2

    def test_a_wish_in_the_middle_is_answered_soon(
        self, provider: Provider, can: Capabilities, half: Request
    ) -> None:
        _promised(can.streams, "does not stream")
        cancel, begun = Cancel(), Signal()

        def listen() -> None:
            with suppress(PlugwrightError):
                for _ in streamed(provider, half, cancel):
                    begun.set()
            begun.set()

        # On another thread, and left there: who hangs is not to hang the tests.
        listener = Thread(target=listen, daemon=True)
        listener.start()
        assert begun.wait(PATIENCE), "it never begins to answer"
        cancel.wish()
        listener.join(SOON)

        assert not listener.is_alive(), "it goes on in spite of the wish, or hangs"

    def test_who_goes_away_in_the_middle_can_come_back(
        self, provider: Provider, can: Capabilities, half: Request
    ) -> None:
        _promised(can.streams, "does not stream")
        going = streamed(provider, half)
        next(going)
        going.close()  # type: ignore[attr-defined]

        assert isinstance(provider.complete(half).text, str)

    # Tools and schemas.

    @pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
    def test_a_tool_is_asked_for_by_its_name_and_with_arguments(
        self, provider: Provider, can: Capabilities, half: Request, name: str
    ) -> None:
        _promised(can.tools, "does not know tools")
        asking = _with_tools(half, name)

        answer = _answered_or_kept(provider, asking)

        if answer is not None and answer.calls:
            assert answer.finish is Finish.TOOLS
            assert all(call.id and call.name == name for call in answer.calls)
            assert all(isinstance(call.arguments, dict) for call in answer.calls)
            assert len({call.id for call in answer.calls}) == len(answer.calls)

    @pytest.mark.parametrize("first", ALIKE)
    def test_tools_whose_names_are_alike_are_told_apart(
        self, provider: Provider, can: Capabilities, half: Request, first: str
    ) -> None:
        _promised(can.tools, "does not know tools")
        names = (first, *(each for each in ALIKE if each != first))

        answer = _answered_or_kept(provider, _with_tools(half, *names))

        # Which of them, and whether any, is up to the model.
        assert answer is None or {call.name for call in answer.calls} <= {*names}

    @pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
    def test_a_tools_answer_is_taken(
        self, provider: Provider, can: Capabilities, half: Request, name: str
    ) -> None:
        _promised(can.tools, "does not know tools")
        asking = _with_tools(half, name)
        first = _answered_or_kept(provider, asking)
        # A model that does without is told that it had asked.
        made_up = ToolCall(id="call:1", name=name, arguments={"a": 2, "b": 3})
        calls = (first.calls if first else ()) or (made_up,)
        said = Message("assistant", first.text if first else "", calls=calls)
        answers = [Message("tool", "5", answers=call.id) for call in calls]

        answer = _answered_or_kept(
            provider, replace(asking, messages=(*asking.messages, said, *answers))
        )

        assert answer is None or isinstance(answer.text, str)

    def test_tools_are_asked_for_in_a_stream_too(
        self, provider: Provider, can: Capabilities, half: Request
    ) -> None:
        _promised(can.tools and can.streams, "does not know tools, or not in pieces")
        asking = _with_tools(half, "word-counter.count")
        whole = _answered_or_kept(provider, asking)
        with suppress(Malformed):
            done = _end_of([*streamed(provider, asking)])

            assert whole is not None
            assert _called(done) == _called(whole)
            assert done.finish is whole.finish

    def test_an_answer_follows_its_schema_or_is_kept_for_repair(
        self, provider: Provider, can: Capabilities, half: Request
    ) -> None:
        _promised(can.schema, "does not know schemas")

        answer = _answered_or_kept(provider, replace(half, schema=YES_OR_NO))

        if answer is not None:
            # An empty registry: jsonschema would fetch what a schema refers to.
            registry: Registry[Any] = Registry()
            checker = Draft202012Validator(YES_OR_NO, registry=registry)
            checker.validate(json.loads(answer.text))

    def test_a_grammar_is_kept_to_or_refused(
        self, provider: Provider, can: Capabilities, half: Request, stands_in: bool
    ) -> None:
        _promised(hasattr(provider, "capabilities"), "does not say what it can")
        _promised(not stands_in, "only stands in for another")
        asking = replace(half, grammar=EITHER_OR)
        if can.grammar:
            answer = _answered_or_kept(provider, asking)
            assert answer is None or answer.text in ("either", "or")
            return

        with pytest.raises(UsageError) as caught:
            provider.complete(asking)

        assert "\n" not in caught.value.message
        assert caught.value.remedy

    @pytest.mark.parametrize("schema", AWAY, ids=range(len(AWAY)))
    def test_what_a_schema_refers_to_elsewhere_is_not_fetched(
        self,
        provider: Provider,
        half: Request,
        elsewhere: Elsewhere,
        schema: dict[str, Any],
    ) -> None:
        there = json.loads(json.dumps(schema).replace("{url}", elsewhere.url))
        tool = replace(ADD, parameters=there)
        for asking in (replace(half, schema=there), replace(half, tools=(tool,))):
            with suppress(PlugwrightError):
                provider.complete(asking)

        assert elsewhere.visits == 0

    # Lengths and vectors.

    def test_more_text_is_not_fewer_tokens(
        self, provider: Provider, sampling: Sampling
    ) -> None:
        short = counted(provider, _request("What is a half?", sampling))
        long = counted(provider, _request("What is a half? " * 50, sampling))

        assert 0 < short < long

    def test_a_question_that_does_not_fit_is_too_long(
        self, provider: Provider, can: Capabilities, sampling: Sampling
    ) -> None:
        _promised(can.context, "does not say what fits")
        _promised(can.context <= LONGEST_CONTEXT, "holds more than a test should send")
        text = " ".join(map(str, range(2 * can.context)))

        with pytest.raises(TooLong) as caught:
            provider.complete(_request(text, sampling))

        assert caught.value.remedy

    def test_texts_become_vectors_of_one_length(
        self, provider: Provider, can: Capabilities
    ) -> None:
        _promised(can.embeds, "makes no vectors")
        assert isinstance(provider, Embeds)

        vectors = provider.embed(["a half", "a third", "a half"])

        assert len(vectors) == 3
        assert len({len(vector) for vector in vectors}) == 1
        assert all(math.isfinite(each) for vector in vectors for each in vector)
        assert [*provider.embed([])] == []

    def test_closing_twice_is_once(self, provider: Provider) -> None:
        _promised(isinstance(provider, Closes), "has nothing to close")
        assert isinstance(provider, Closes)

        provider.close()
        provider.close()


def _promised(promise: object, otherwise: str) -> None:
    if not promise:
        pytest.skip(f"the provider {otherwise}")


def _request(text: str, sampling: Sampling) -> Request:
    return Request(
        role="tutor",
        template="contract/1",
        messages=(Message("user", text),),
        sampling=sampling,
    )


def _with_tools(request: Request, *names: str) -> Request:
    asking = Message("user", "Add 2 and 3 with the tool.")
    tools = tuple(replace(ADD, name=name) for name in names)
    return replace(request, messages=(asking,), tools=tools)


def _answered_or_kept(provider: Provider, request: Request) -> Completion | None:
    """Have an answer; nothing, if what came is of no use but was kept."""
    try:
        return provider.complete(request)
    except Malformed as error:
        lost = not error.text
    assert not lost, "what it said is lost"
    return None


def _end_of(events: Iterable[Event]) -> Completion:
    *before, last = events
    assert isinstance(last, Done), "the last event is not the end"
    assert all(isinstance(event, Piece) for event in before), "it goes on after its end"
    return last.completion


def _text_of(events: Iterable[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, Piece))


def _called(answer: Completion) -> list[tuple[str, Any]]:
    # Not by their ids: those are made up anew each time.
    return [(call.name, dict(call.arguments)) for call in answer.calls]
