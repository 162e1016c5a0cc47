"""The shape of a provider: something that can be asked for a completion.

`complete` is all that a provider has to have. One that can also hand out its answer
piece by piece has `stream`; one that knows more of itself has `capabilities`, `count`
and `embed`. `streamed`, `able` and `collected` make of each what a caller wants.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from plugwright.errors import UsageError

if TYPE_CHECKING:
    from plugwright.sandboxes import JSON


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """A model's wish to have a tool called."""

    id: str
    """What the answer refers to."""
    name: str
    arguments: Mapping[str, Any]  # JSON, but pydantic cannot follow that alias


@dataclass(frozen=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str
    calls: tuple[ToolCall, ...] = ()
    """What an assistant wants called."""
    answers: str = ""
    """The id of the call whose answer a tool's message is."""


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How freely the model may choose its words."""

    temperature: float = 0.2
    seed: int = 0
    max_tokens: int = 4096
    stop: tuple[str, ...] = ()
    """Texts that end the answer, and are not in it."""


@dataclass(frozen=True, kw_only=True)
class ToolSpec:
    """A tool, as a model is told of it."""

    name: str
    summary: str
    parameters: Mapping[str, JSON]
    """A JSON Schema of one object."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One stateless question to a model."""

    role: str
    """The seat in the team that asks: `implementer`."""
    template: str
    """Name and version of the prompt card: `implementer/1`."""
    messages: tuple[Message, ...]
    sampling: Sampling = field(default_factory=Sampling)
    tools: tuple[ToolSpec, ...] = ()
    schema: Mapping[str, JSON] | None = None
    """A JSON Schema that the answer's text is to follow. Check it all the same."""
    grammar: str = ""
    """A grammar in GBNF, for what no schema says; not together with one, or tools.

    Who cannot keep to it refuses it, as nobody could check the answer.
    """
    once: str = ""
    """A name of this question: asked again under the same name, it is the same one.

    Who asks a service that knows such names passes it on, so that no answer is paid
    for twice.
    """


class Finish(StrEnum):
    """Why an answer ended."""

    STOP = "stop"
    """The model had said everything, or a text of `stop`."""
    LENGTH = "length"
    """There were no more tokens for it; it may end within a word."""
    TOOLS = "tools"
    """The model wants tools called first."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Completion:
    """One answer."""

    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    """Zero where the provider does not count."""
    tokens_cached: int = 0
    """How many of `tokens_in` did not have to be read again."""
    calls: tuple[ToolCall, ...] = ()
    finish: Finish = Finish.STOP
    waited: float = 0.0
    """Seconds to the first token."""
    seconds: float = 0.0
    """Seconds in all; zero where the provider does not measure."""
    model: str = ""
    """Who answered, as exactly as the provider knows."""


@dataclass(frozen=True)
class Piece:
    """Some more text of an answer."""

    text: str


@dataclass(frozen=True)
class Done:
    """The end of an answer, with all of it."""

    completion: Completion


Event = Piece | Done


class Cancel:
    """A wish that something stop; made by whoever waits, from any thread."""

    def __init__(self) -> None:
        self._wished = False
        self._then: list[Callable[[], None]] = []
        self._lock = Lock()

    @property
    def is_wished(self) -> bool:
        """Whether it was."""
        return self._wished

    def wish(self) -> None:
        """Wish it; whoever asked to be told is told once."""
        with self._lock:
            self._wished = True
            then, self._then = self._then, []
        for tell in then:
            tell()

    def then(self, tell: Callable[[], None]) -> None:
        """Be told when it is wished; at once, if it was."""
        with self._lock:
            if not self._wished:
                self._then.append(tell)
                return
        tell()


@dataclass(frozen=True, kw_only=True)
class Capabilities:
    """What a provider can do beside answering."""

    streams: bool = False
    tools: bool = False
    schema: bool = False
    """Whether `Request.schema` is more than a wish."""
    grammar: bool = False
    """Whether `Request.grammar` is kept to; otherwise, `refuse_grammar`."""
    counts: bool = False
    """Whether `count` is exact, and answers say their tokens and seconds."""
    context: int = 0
    """Tokens of question and answer together; zero where nobody knows."""
    embeds: bool = False
    may_cost: bool = False
    """Whether an answer may cost money, and the same question again as much again."""


class Provider(Protocol):
    """Something that answers requests: a model, a recording, a person."""

    name: str

    def complete(self, request: Request) -> Completion:
        """Answer one request. Raises a `PlugwrightError` that says what to do."""


@runtime_checkable
class Streams(Protocol):
    """A provider that says its answer while it finds it."""

    def stream(self, request: Request, cancel: Cancel) -> Iterator[Event]:
        """Give pieces, then one `Done`; after a wish to cancel, that `Done` soon.

        Closing the iterator ends the answer like a wish.
        """


@runtime_checkable
class KnowsItself(Protocol):
    """A provider that tells what it can."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can; may have to load a model or ask a server."""


@runtime_checkable
class Counts(Protocol):
    """A provider that knows how many tokens something is."""

    def count(self, request: Request) -> int:
        """Count the tokens of a question, with all that is put around it."""


@runtime_checkable
class Embeds(Protocol):
    """A provider that turns text into vectors."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Give a vector for each text, all of one length."""


@runtime_checkable
class Closes(Protocol):
    """A provider that holds something: a model, a connection."""

    def close(self) -> None:
        """Let go of it; a second time does nothing."""


BYTES_PER_TOKEN = 3
"""A careful guess for text of any language, where a provider does not count."""


def able(provider: Provider) -> Capabilities:
    """Tell what a provider can; nothing but to answer, if it does not say."""
    # Asked once: `isinstance(…, KnowsItself)` would ask too, and load a model twice.
    told: Capabilities | None = getattr(provider, "capabilities", None)
    return told or Capabilities(streams=isinstance(provider, Streams))


def refuse_grammar(name: str, request: Request) -> None:
    """Raise `UsageError` for a grammar, as a provider that cannot keep to any."""
    if request.grammar:
        raise UsageError(
            f"`{name}` cannot keep to a grammar",
            remedy="ask with a schema, or a model that can: those of `gguf:` do",
        )


def counted(provider: Provider, request: Request) -> int:
    """Count a question's tokens: as the provider does, or more than there will be."""
    if isinstance(provider, Counts):
        return provider.count(request)
    size = sum(len(message.content.encode()) + 12 for message in request.messages)
    return size // BYTES_PER_TOKEN + 1


def streamed(
    provider: Provider, request: Request, cancel: Cancel | None = None
) -> Iterator[Event]:
    """Have an answer in pieces: in one, from a provider that cannot do better."""
    cancel = cancel or Cancel()
    if isinstance(provider, Streams):
        yield from provider.stream(request, cancel)
        return
    completion = provider.complete(request)
    if cancel.is_wished:
        completion = replace(completion, finish=Finish.CANCELLED)
    if completion.text:
        yield Piece(completion.text)
    yield Done(completion)


def collected(events: Iterable[Event]) -> Completion:
    """Wait for the whole of an answer."""
    for event in events:
        if isinstance(event, Done):
            return event.completion
    raise ValueError("the stream ended without a `Done`")


@dataclass(frozen=True, kw_only=True)
class ProviderOffer:
    """A kind of provider that a plugin brings; `scheme:argument` opens one."""

    scheme: str
    """The word before the colon of a model name: `replay`."""
    summary: str
    open: Callable[[str], Provider]
    """Takes what stands after the colon."""
    describe: Callable[[str], Mapping[str, JSON]] | None = None
    """Tells of a model without opening it, for `plugwright models show`: takes what
    `open` takes. `template` is a text, `context` a number of tokens, `memory` has
    numbers of bytes by what they are for; the rest is up to the provider."""
