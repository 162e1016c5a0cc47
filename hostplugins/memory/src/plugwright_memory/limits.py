"""How long what is kept may be, and what characters it may have."""

from __future__ import annotations

import re

from plugwright.errors import UsageError

LONGEST_TEXT = 64 << 10
"""Characters of one fact. What is longer is a document, and belongs in a file."""
LONGEST_NAME = 512
"""Characters of a subject, of an owner's name, or of a run's id."""

_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HALF = re.compile(r"[\ud800-\udfff]")


def fit_text(text: str) -> str:
    """Give a text that can be kept. UsageError says why one cannot."""
    if not text.strip():
        raise UsageError("there is nothing to remember", remedy="give a text")
    if len(text) > LONGEST_TEXT:
        raise UsageError(
            f"a fact of {len(text)} characters is too long",
            remedy=f"keep what matters in {LONGEST_TEXT}, and the rest in a file",
        )
    if is_broken(text):
        raise UsageError(
            "the text has half of a character in it", remedy="it has to be Unicode"
        )
    return text


def fit_name(name: str, what: str) -> str:
    """Give a name that can be kept. UsageError says what it cannot be."""
    if len(name) > LONGEST_NAME or _UNFIT.search(name):
        raise UsageError(
            f"`{ascii(name)[1:-1]:.80}` cannot be {what}",
            remedy=f"use one line of at most {LONGEST_NAME} characters",
        )
    return name


def is_broken(text: str) -> bool:
    """Tell whether a text has half of a character in it, which no file can."""
    return _HALF.search(text) is not None
