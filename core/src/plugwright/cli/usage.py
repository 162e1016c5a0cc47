"""What plugins used over time, as a table that fits a narrow screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from plugwright.amounts import count_in_words, seconds_in_words, size_in_words
from plugwright.usage import OverTime, Total

_WIDTH = 13
"""Columns of a number; with the names of the rows that makes 55."""

_HEADS = ("this hour", "today", "ever")
_ROWS: Sequence[tuple[str, Callable[[Total], str]]] = (
    ("calls", lambda total: count_in_words(total.calls)),
    ("loads", lambda total: count_in_words(total.loads)),
    ("stops", lambda total: count_in_words(total.stops)),
    ("fuel", lambda total: count_in_words(total.fuel)),
    ("processor", lambda total: seconds_in_words(total.cpu_seconds)),
    ("time", lambda total: seconds_in_words(total.seconds)),
    ("most memory", lambda total: size_in_words(total.memory)),
    ("host calls", lambda total: count_in_words(total.host_calls)),
    ("sent", lambda total: size_in_words(total.sent)),
    ("received", lambda total: size_in_words(total.received)),
)


def table(plugin: str, over_time: OverTime) -> Iterator[str]:
    """Write one plugin's usage, line by line; rows that say nothing are left out."""
    periods = (over_time.hour, over_time.today, over_time.ever)
    kept = f"keeps {size_in_words(over_time.bytes)} in {over_time.keys:,} entries"
    yield f"{plugin}: {kept}"
    yield " " * 16 + "".join(f"{head:>{_WIDTH}}" for head in _HEADS)
    for name, words in _ROWS:
        if words(over_time.ever) != words(Total()):
            cells = "".join(f"{words(total):>{_WIDTH}}" for total in periods)
            yield f"  {name:<14}{cells}"
