"""Hides the secrets that this process has read from all that is shown or kept.

What it cannot know is a secret that somebody wrote in another form: reversed, encoded,
cut in two.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

_SHORTEST = 6
"""A text shorter than this is in too many others to be hidden in them."""

_hidden: set[str] = set()
"""One for the process, as it has one screen and one log."""


def hide(secret: str) -> None:
    """Let nobody see this text from now on, nor any line of it."""
    for line in (secret, *secret.splitlines()):
        text = line.strip()
        if len(text) >= _SHORTEST:
            for form in _written(text):  # an error may quote what another quoted
                _hidden.update(_written(form))
    _redact_logs()


def _written(text: str) -> set[str]:
    """Give it as it is, and as Python and JSON write it between quotes."""
    quoted = (repr(text), ascii(text), json.dumps(text))
    plain = {text, *(each[1:-1] for each in quoted)}
    plain.add(json.dumps(text, ensure_ascii=False)[1:-1])
    return plain | {each.replace("'", "\\'") for each in plain}


def _redact_logs() -> None:
    """Redact every line of a log from now on, whoever writes it and to where."""
    import logging  # only who has secrets pays for it

    make = logging.getLogRecordFactory()
    if hasattr(make, "redacts"):
        return

    def redacted(*about: Any, **more: Any) -> logging.LogRecord:
        record = make(*about, **more)
        # What does not fit its arguments is told by logging, when it is written.
        with suppress(Exception):
            record.msg, record.args = redact(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = redact(
                logging.Formatter().formatException(record.exc_info)
            )
        return record

    redacted.redacts = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(redacted)


def redact(text: str) -> str:
    """Give a text without the secrets in it."""
    if not _hidden:
        return text
    for secret in sorted(_hidden, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return text
