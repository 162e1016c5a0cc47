"""Guests that answer and ask what no shim would."""

from __future__ import annotations

import json
from typing import Any


def forging(answer: str, *, before: str = "") -> str:
    """A guest that answers with this text instead of what its shim would write."""
    return f"""
from host import ask, call, shim

def forged(self, request):
    {before or "pass"}
    return {answer}

shim.WitWorld.run = forged
"""


def raw(**answer: Any) -> str:
    """An answer as the source text of a string."""
    return repr(json.dumps(answer))
