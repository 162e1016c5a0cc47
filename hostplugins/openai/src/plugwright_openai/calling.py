"""One call to a server: the key, the tries, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import uuid4

from plugwright.errors import (
    Malformed,
    NotAuthenticated,
    Unavailable,
    UsageError,
)
from plugwright.redaction import redact
from plugwright.sandboxes import JSON
from plugwright_openai.dialling import Dial
from plugwright_openai.faults import (
    Said,
    excerpt,
    fault,
    is_about_the_question,
    read_error,
)
from plugwright_openai.line import Line
from plugwright_openai.retrying import Retrying
from plugwright_openai.settings import Endpoint
from plugwright_openai.wire import Answer, CutShort, Lost, NotSent, Wire

MOST_OF_AN_ERROR = 64 << 10
"""Bytes of it that are read."""


class Refusal(Exception):
    """A server answered with an error, after all tries."""

    def __init__(self, status: int, said: Said, header: Callable[[str], str]) -> None:
        super().__init__(f"{status}: {said.message}")
        self.status = status
        self.said = said
        self.header = header


@dataclass(frozen=True)
class Caller:
    """Calls one server, as one provider."""

    name: str
    """The provider's, for errors."""
    endpoint: Endpoint
    authorize: Callable[[str], Mapping[str, str]]
    """Makes headers of a key."""
    retrying: Retrying
    wire: Wire
    dial: Dial
    fixed: Mapping[str, str] = field(default_factory=dict)
    """Headers that every request has."""

    def post(
        self, path: str, body: Mapping[str, JSON], line: Line, once: str = ""
    ) -> Answer:
        """Ask something that may cost money. Raises `Refusal`, `ProviderError`, `Cut`.

        What comes is an answer, whose body can still be anything. By the name `once`, a
        service that was asked before can know that it was.
        """
        place = self.dial.url.path + path
        once = once or str(uuid4())
        return self._call("POST", place, self._dumped(body), line, once)

    def inquire(
        self,
        path: str,
        body: Mapping[str, JSON] | None = None,
        *,
        is_beside: bool = False,
    ) -> JSON:
        """Ask something that costs nothing, and read the answer as JSON.

        What is beside the API has its path from the place above `/v1`.
        """
        method = "GET" if body is None else "POST"
        content = None if body is None else self._dumped(body)
        base = self.dial.url.path
        place = (base.removesuffix("/v1") if is_beside else base) + path
        answer = self._call(method, place, content, Line(), "")
        try:
            return self.parsed(self.read(answer))
        finally:
            answer.close()

    def read(self, answer: Answer) -> bytes:
        """Read the whole body of an answer."""
        try:
            return answer.whole()
        except CutShort as error:
            raise Malformed(
                self.name,
                f"its answer was lost: {error}",
                remedy=self.afterwards,
            ) from error

    @property
    def afterwards(self) -> str:
        """What to do about an answer that was lost."""
        if self.dial.is_here:
            return "see what the server says, and ask again"
        return "it may have been paid for; ask again if you want to"

    def parsed(self, body: bytes) -> JSON:
        """Parse the body of an answer, with suspicion."""
        try:
            value: JSON = json.loads(body)
        except (ValueError, RecursionError) as error:
            text = body.decode("utf-8", "replace")
            raise Malformed(
                self.name,
                f"its answer is not JSON: {excerpt(text[:2000]) or 'it is empty'}",
                text=redact(text),
                remedy="check that its URL is that of an API",
            ) from error
        return value

    def error(self, refusal: Refusal) -> Exception:
        """Make the typed error of a refusal."""
        return fault(self.name, refusal.status, refusal.header, refusal.said)

    def _call(
        self, method: str, place: str, body: bytes | None, line: Line, once: str
    ) -> Answer:
        """Send it until it is answered; what costs nothing has no name."""
        is_free = not once
        headers = self._headers()
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.endpoint.idempotency and once:
            headers[self.endpoint.idempotency] = once
        tries = 0
        while True:
            tries += 1
            try:
                answer = self.wire.ask(method, place, headers, body, line)
            except (NotSent, Lost) as error:
                was_sent = isinstance(error, Lost)
                wait = self.retrying.after_nothing(
                    tries, was_sent=was_sent, is_free=is_free
                )
                if wait is None:
                    raise self._unreached(error, is_free=is_free) from error
                why = f"`{self.dial.host}` did not answer"
            else:
                if answer.status in (200, 201):
                    return answer
                refusal = _refusal(answer)
                wait = self.retrying.after_status(
                    tries, refusal.status, refusal.header, is_free=is_free
                )
                if wait is None or (refusal.status == 429 and _is_final(refusal)):
                    raise refusal
                why = f"`{self.dial.host}` said {refusal.status}"
            _told_of_waiting(why, wait)
            line.wait(wait)

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json, text/event-stream", **self.fixed}
        key = self.endpoint.key
        if key is None:
            return headers
        dial = self.dial
        if not (dial.is_encrypted or dial.is_here or self.endpoint.is_open):
            raise UsageError(
                f"`{self.name}`: its key would travel to `{dial.host}` unencrypted",
                remedy="use https://, or set `is_open = true` for the endpoint",
            )
        try:
            secret = key.reveal().strip()
        except UsageError as error:
            raise NotAuthenticated(
                self.name, f"it has no key: {error.message}", remedy=error.remedy
            ) from error
        if not secret or not secret.isascii() or not secret.isprintable():
            raise NotAuthenticated(
                self.name,
                f"what stands at `{key.reference}` is not a key",
                remedy="write the key there, in one line, and nothing else",
            )
        return headers | dict(self.authorize(secret))

    def _dumped(self, body: Mapping[str, JSON]) -> bytes:
        try:
            return json.dumps(body, allow_nan=False, separators=(",", ":")).encode()
        except (ValueError, TypeError, RecursionError) as error:
            raise UsageError(
                f"`{self.name}` cannot be asked this: {error}",
                remedy="ask with what JSON can hold",
            ) from error

    def _unreached(self, error: OSError, *, is_free: bool) -> Unavailable:
        where = f"`{self.dial.host}:{self.dial.port}`"
        if proxy := self.dial.proxy:
            where += f" through the proxy `{proxy.hostname}:{proxy.port or 80}`"
        if isinstance(error, NotSent):
            return Unavailable(
                self.name,
                f"{where} cannot be reached: {excerpt(str(error))}",
                remedy="check that it runs, and its URL"
                + (", and the proxy" if proxy else ""),
            )
        trouble = Unavailable(
            self.name,
            f"{where} did not answer: {excerpt(str(error))}",
            remedy=""
            if is_free
            else "it may have worked, and bill it; ask again if you want to",
        )
        trouble.is_worth_retrying = is_free
        return trouble


def _told_of_waiting(why: str, seconds: float) -> None:
    from plugwright.agents import Pain, felt  # only who waits has time for them

    felt(Pain.RETRY, why, seconds=seconds)


def _refusal(answer: Answer) -> Refusal:
    try:
        body = answer.whole(MOST_OF_AN_ERROR)
    except CutShort:
        body = b""
    finally:
        answer.close()
    said = read_error(body)
    # Some servers take a wrong question for their own failure: it will stay wrong.
    is_wrong = answer.status == 500 and is_about_the_question(said)
    return Refusal(400 if is_wrong else answer.status, said, answer.header)


def _is_final(refusal: Refusal) -> bool:
    """Whether waiting changes nothing: no credit is not too many questions."""
    return "insufficient_quota" in refusal.said.kind
