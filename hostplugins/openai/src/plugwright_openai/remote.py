"""A model behind somebody's API, in whichever dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeGuard

from plugwright.errors import Declined, Malformed, PlugwrightError, ProviderError
from plugwright.providers import (
    Cancel,
    Capabilities,
    Completion,
    Done,
    Event,
    Finish,
    Piece,
    Request,
    refuse_grammar,
)
from plugwright.redaction import redact
from plugwright.sandboxes import JSON
from plugwright_openai.calling import Caller, Refusal
from plugwright_openai.dialects import Dialect
from plugwright_openai.dialling import Dial
from plugwright_openai.draft import Draft, Odd
from plugwright_openai.faults import NoSuchModel, excerpt, fault, said_in
from plugwright_openai.guessing import guessed
from plugwright_openai.line import Cut, Line
from plugwright_openai.names import Names
from plugwright_openai.retrying import Retrying
from plugwright_openai.schemas import check_answer, check_schema
from plugwright_openai.settings import Endpoint
from plugwright_openai.stream import heard
from plugwright_openai.unknown import no_such_model
from plugwright_openai.wire import Answer, Wire

MOST_ADAPTING = 6
"""Parameters that a server may refuse, one after the other, in one call."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Which model, and where it is."""

    name: str
    model: str
    endpoint: Endpoint


class Remote:
    """Asks a model over HTTP; threads may share one."""

    def __init__(
        self, place: Place, dialect: Dialect, retrying: Retrying | None = None
    ) -> None:
        self.name = place.name
        self._model = place.model
        self._endpoint = place.endpoint
        self._dialect = dialect
        self._without: frozenset[str] = frozenset()
        """What this server was found not to know."""
        dial = Dial(place.endpoint)
        dial.url  # noqa: B018 # a URL that cannot be used is found out at once
        self._wire = Wire(dial)
        self._known_context: int | None = None
        self._call = Caller(
            name=place.name,
            endpoint=place.endpoint,
            authorize=dialect.authorize,
            retrying=retrying or Retrying(place.endpoint),
            wire=self._wire,
            dial=dial,
            fixed={"User-Agent": "plugwright-openai", **dialect.fixed},
        )
        # What only helps is not worth waiting for.
        hasty = Retrying(replace(place.endpoint, retries=0))
        self._probe = replace(self._call, retrying=hasty)

    @property
    def capabilities(self) -> Capabilities:
        """What it can; asks the server once how much its model holds."""
        return Capabilities(
            streams=True,
            tools=True,
            schema=True,
            context=self._context,
            may_cost=not (self._call.dial.is_here or self._call.endpoint.idempotency),
        )

    def complete(self, request: Request) -> Completion:
        """Have an answer at once. Raises `ProviderError`, or `UsageError`."""
        draft = Draft()
        answer = self._asked(request, Line(), is_streamed=False)
        try:
            body = self._call.read(answer)
        finally:
            answer.close()
        whole = self._call.parsed(body)
        self._read(draft, whole, body)
        return self._finished(request, draft)

    def stream(self, request: Request, cancel: Cancel) -> Iterator[Event]:
        """Have an answer piece by piece; a wish to cancel closes the connection."""
        draft = Draft()
        if cancel.is_wished:
            yield Done(draft.completion(self.name, Finish.CANCELLED))
            return
        answer: Answer | None = None
        try:
            answer = self._asked(request, Line(cancel), is_streamed=True)
            for event in self._events(answer, draft):
                if piece := self._hear(draft, event):
                    yield Piece(piece)
            if piece := draft.rest():
                yield Piece(piece)
            answer.close()
            completion = self._finished(request, draft)
        except Cut:
            completion = draft.completion(self.name, Finish.CANCELLED)
        finally:
            if answer is not None:
                answer.close()
        yield Done(completion)

    def count(self, request: Request) -> int:
        """Guess the tokens of a question, rather too many than too few."""
        return guessed(request)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _once(self, request: Request) -> str:
        # With something left out it is another question, for a service that compares.
        return "-".join([request.once, *sorted(self._without)]) if request.once else ""

    # What is between a question and its answer.

    def _asked(self, request: Request, line: Line, *, is_streamed: bool) -> Answer:
        refuse_grammar(self.name, request)
        if request.schema is not None:
            check_schema(self.name, request.schema)
        sent = Names.of(request).sent(request)
        for _ in range(MOST_ADAPTING):
            body = self._dialect.body(
                self._model, sent, is_streamed=is_streamed, without=self._without
            )
            try:
                return self._call.post(
                    self._dialect.path, body, line, self._once(request)
                )
            except Refusal as refusal:
                unknown = self._unknown(refusal, body)
                if not unknown:
                    raise self._error(refusal) from refusal
                self._without |= {unknown}
        raise Declined(self.name, "it refuses one parameter after the other")

    def _unknown(self, refusal: Refusal, body: Mapping[str, JSON]) -> str:
        if refusal.status not in (400, 422):
            return ""
        # A refused question costs nothing, so it may be asked again with less.
        error = self._call.error(refusal)
        if not isinstance(error, Declined):
            return ""
        return self._dialect.unknown(refusal.said.all, body, self._without)

    def _error(self, refusal: Refusal) -> Exception:
        error = self._call.error(refusal)
        if isinstance(error, NoSuchModel):
            return no_such_model(self.name, self._model, error.said, self.models)
        return error

    def _events(
        self, answer: Answer, draft: Draft
    ) -> Iterator[tuple[str, Mapping[str, JSON]]]:
        if "json" in answer.header("Content-Type").lower():
            # A server that cannot stream, or that has found an error only now.
            body = self._call.read(answer)
            self._read(draft, self._call.parsed(body), body)
            yield "", {}
            return
        yield from heard(self._call, answer, draft)

    def _hear(self, draft: Draft, event: tuple[str, Mapping[str, JSON]]) -> str:
        name, data = event
        if not data:
            return draft.text  # it came at once
        if name == "error" or data.get("type") == "error" or data.get("error"):
            raise self._trouble(draft, data)
        try:
            return self._dialect.hear(draft, name, data)
        except Odd as error:
            raise self._odd(error, draft.text) from error

    def _read(self, draft: Draft, whole: JSON, body: bytes) -> None:
        try:
            if not isinstance(whole, dict):
                raise Odd("it is no object")
            if whole.get("error") or whole.get("type") == "error":
                raise self._trouble(draft, whole)
            self._dialect.read(draft, whole)
        except Odd as error:
            text = draft.text or redact(body.decode("utf-8", "replace"))
            raise self._odd(error, text) from error

    def _trouble(self, draft: Draft, whole: Mapping[str, JSON]) -> Exception:
        """Make an error of one that came where an answer was promised."""
        said = said_in(dict(whole))
        status = next((s for word, s in _STATUS.items() if word in said.kind), 500)
        error = fault(self.name, status, lambda _: "", said)
        if isinstance(error, NoSuchModel):
            return no_such_model(self.name, self._model, error.said, self.models)
        if isinstance(error, ProviderError) and (draft.texts or draft.wanted):
            error.is_worth_retrying = False  # what was said is paid for
        return error

    def _odd(self, error: Odd, text: str) -> Malformed:
        return Malformed(
            self.name,
            f"its answer is not as agreed: {excerpt(str(error))}",
            text=text,
            remedy="check that its URL is that of this API",
        )

    def _finished(self, request: Request, draft: Draft) -> Completion:
        if draft.declined:
            raise Declined(
                self.name,
                f"it declines: {excerpt(draft.declined)}",
                remedy="ask for something else",
            )
        draft.rest()
        completion = Names.of(request).received(draft.completion(self.name))
        if request.schema is not None:
            check_answer(self.name, request.schema, completion)
        return completion

    # What the server knows of its models.

    def models(self) -> list[str]:
        """Name the models that the server has; none if it does not say."""
        try:
            return [*self._rows()]
        except PlugwrightError:
            return []

    def _rows(self) -> dict[str, Mapping[str, JSON]]:
        found = self._inquired("/models")
        rows = found.get("data") or found.get("models")
        tables = (
            [row for row in rows if isinstance(row, dict)] if _is_list(rows) else []
        )
        return {str(row.get("id") or row.get("name")): row for row in tables}

    def _inquired(
        self,
        path: str,
        body: Mapping[str, JSON] | None = None,
        *,
        is_beside: bool = False,
    ) -> Mapping[str, JSON]:
        """Ask for a table; an empty one if the server does not know the question."""
        try:
            found = self._probe.inquire(path, body, is_beside=is_beside)
        except (Refusal, Malformed):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def _context(self) -> int:
        if self._known_context is None:
            try:
                self._known_context = self._endpoint.context or self._found_context()
            except PlugwrightError:
                return 0  # it is not there now; it will be asked again
        return self._known_context

    def _found_context(self) -> int:
        """Ask the server how many tokens its model holds; zero if it does not say."""
        return 0


_STATUS = {
    "overloaded": 529,
    "rate_limit": 429,
    "authentication": 401,
    "permission": 403,
    "exceed_context": 400,
    "context_length": 400,
    "invalid_request": 400,
    "not_found": 404,
}


def _is_list(rows: JSON) -> TypeGuard[list[JSON]]:
    return isinstance(rows, list)
