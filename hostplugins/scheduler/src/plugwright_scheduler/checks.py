"""What a job has to be before it is kept."""

from __future__ import annotations

import json
import re

from plugwright.errors import UsageError
from plugwright.sandboxes import JSON
from plugwright.scheduling import Job, Priority
from plugwright_scheduler.schedules import coming

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""What ends a line, and halves of characters, which no file can hold."""
LONGEST_NAME = 200
"""Characters of a plugin's or a command's name, a key, an event."""
LONGEST_TEXT = 1 << 20
"""Characters of a job's arguments, or of its answer, as JSON."""
MOST_RETRIES = 1000
LAST_TIME = 253_370_764_800.0
"""The year 9999 begins; what is later cannot be shown as a date."""


def as_text(value: JSON) -> str:
    """Write JSON; raises ValueError for what is none."""
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, RecursionError) as error:
        raise ValueError(str(error)) from error
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"it takes {len(text):,} characters, of {LONGEST_TEXT:,}")
    return text


def check(job: Job, now: float) -> None:
    """Refuse a job that could never be run as it says."""
    for name, text in (("plugin", job.plugin), ("command", job.command)):
        if not text:
            raise UsageError(f"the job has no {name}", remedy="name one")
    for name in ("plugin", "command", "schedule", "zone", "event", "key", "told_as"):
        _check_name(name, getattr(job, name))
    for name, time in (("at", job.at), ("deadline", job.deadline)):
        if time is not None and not _is_number(time, 0, LAST_TIME):
            raise UsageError(f"`{name}` is no time", remedy="give seconds since 1970")
    if job.priority not in [*Priority]:  # one could not be read back from the file
        raise UsageError(
            f"`{job.priority!r:.40}` is no priority", remedy="take one of `Priority`"
        )
    if not isinstance(job.retries, int) or not 0 <= job.retries <= MOST_RETRIES:
        raise UsageError(
            f"a job cannot be tried again {job.retries} times",
            remedy=f"say 0 to {MOST_RETRIES}",
        )
    if not isinstance(job.arguments, dict):
        raise UsageError(
            "the arguments are no object", remedy="give a value for each name"
        )
    if job.told_as and job.told_as in job.arguments:
        raise UsageError(
            f"`{job.told_as}` is to say which job it is, and is an argument already",
            remedy="use another name for one of them",
        )
    if job.event and (job.schedule or job.at is not None):
        raise UsageError(
            "a job waits for an event or for a time, not for both",
            remedy="leave one of them out",
        )
    if job.zone and not job.schedule:
        raise UsageError(
            "a zone without a schedule means nothing",
            remedy="write the zone's offset into the time: 2030-05-01T07:00+02:00",
        )
    if job.schedule and coming(job.schedule, job.zone, now, None) is None:
        raise UsageError(
            f"`{job.schedule}` never comes round", remedy="name a day that there is"
        )


def arguments_of(job: Job) -> str:
    """Write down what a command is given."""
    try:
        return as_text(job.arguments)
    except ValueError as error:
        raise UsageError(
            f"the arguments cannot be kept as JSON: {error}",
            remedy="give text, finite numbers, lists and objects",
        ) from error


def _is_number(value: object, least: float, most: float) -> bool:
    # Callers without a type checker give text, and integers that no float can hold.
    return isinstance(value, int | float) and least <= value <= most


def _check_name(name: str, text: str) -> None:
    if not isinstance(text, str):
        raise UsageError(f"`{name}` is no text", remedy="give text")
    if len(text) > LONGEST_NAME or _UNFIT.search(text):
        raise UsageError(
            f"`{name}` is too long, or has characters that cannot be shown",
            remedy=f"use at most {LONGEST_NAME} plain ones",
        )
