"""After a wish to stop, nothing more is said."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

from plugwright.providers import Cancel, Done, Event, Finish


def until_wished(
    events: Generator[Event, None, None], cancel: Cancel
) -> Iterator[Event]:
    """Pass events on until somebody wishes that there be no more, then only the end.

    A fast model is ahead of who listens: what it had found before it heard of the wish
    is left out, and counted all the same.
    """
    said: list[str] = []
    is_cut = False
    with closing(events):
        for event in events:
            if isinstance(event, Done):
                found = event.completion
                if is_cut:
                    text = "".join(said)
                    found = replace(found, text=text, calls=(), finish=Finish.CANCELLED)
                yield Done(found)
                return
            if cancel.is_wished:
                is_cut = True
                continue
            said.append(event.text)
            yield event
