"""The events of a streamed answer, until it is over."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from plugwright.errors import Malformed
from plugwright.redaction import redact
from plugwright.sandboxes import JSON
from plugwright_openai.calling import Caller
from plugwright_openai.draft import Draft
from plugwright_openai.events import Events, Heard, TooMuch
from plugwright_openai.faults import excerpt
from plugwright_openai.wire import Answer, CutShort

END = b"[DONE]"
"""How OpenAI's API says that nothing is to come."""


def heard(
    caller: Caller, answer: Answer, draft: Draft
) -> Iterator[tuple[str, Mapping[str, JSON]]]:
    """Give events as they come. Raises `Malformed` if the answer does not end."""
    events, first, is_begun = Events(), b"", False
    try:
        for piece in answer.pieces():
            # Only for what no parser of events understands: a page, say.
            first = first or piece
            for event in events.feed(piece):
                if event.data == END:
                    return
                is_begun = True
                yield event.name, _parsed(caller, event, draft)
        for event in events.end():
            if event.data == END:
                return
            is_begun = True
            yield event.name, _parsed(caller, event, draft)
    except (CutShort, TooMuch) as error:
        if draft.is_over:
            return  # all was said
        raise _broken(caller, draft, str(error)) from error
    if draft.is_over:
        return
    if is_begun or not first:
        what = "it ended in the middle" if is_begun else "nothing came"
        raise _broken(caller, draft, what)
    raise Malformed(
        caller.name,
        f"what it says is no answer: {excerpt(first[:2000].decode(errors='replace'))}",
        text=redact(first.decode(errors="replace")),
        remedy="check that its URL is that of an API",
    )


def _parsed(caller: Caller, event: Heard, draft: Draft) -> Mapping[str, JSON]:
    try:
        found = json.loads(event.data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not found:
        said = excerpt(event.data[:2000].decode("utf-8", "replace"))
        raise _broken(caller, draft, f"an event is no object: {said}")
    return found


def _broken(caller: Caller, draft: Draft, what: str) -> Malformed:
    return Malformed(
        caller.name,
        f"its answer broke off: {what}",
        text=draft.text,
        remedy=caller.afterwards,
    )
