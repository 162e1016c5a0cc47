"""What is said of a model that a server does not have."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from plugwright.errors import UsageError

SHOWN = 8
"""Names that are listed when none is near."""


def no_such_model(
    name: str, model: str, said: str, models: Callable[[], Sequence[str]]
) -> UsageError:
    """Name the models that are nearest to one that is not there."""
    there = sorted({*models()})
    # `qwen` is meant for `qwen2.5-coder:7b`, however many letters that has more.
    near = [*get_close_matches(model, there, n=3)]
    near += [each for each in there if model in each and each not in near][:3]
    if near:
        remedy = "did you mean " + " or ".join(f"`{each}`" for each in near[:3]) + "?"
    elif there:
        names = ", ".join(f"`{each}`" for each in there[:SHOWN])
        remedy = f"it has {names}" + ", …" * (len(there) > SHOWN)
    else:
        remedy = "the server does not say which it has"
    return UsageError(f"`{name}`: there is no model `{model}`: {said}", remedy=remedy)
