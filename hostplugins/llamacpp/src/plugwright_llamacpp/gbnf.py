"""A grammar that somebody wrote: refused where the library would not survive it.

The library reads a grammar and follows it by functions that call themselves. What is
nested too deep ends the whole process, and what has thousands of optional parts in a
row takes minutes before each word.
"""

from __future__ import annotations

import re

from plugwright.errors import Malformed, UsageError
from plugwright.providers import Completion, Finish, Request

LONGEST = 400_000
"""Characters."""
MOST = 1000
"""Rules, groups and repetitions. Those in texts count as well: it costs little."""
_COUNTED = re.compile(r"::=|[(?*+{]")


def check_grammar(request: Request) -> None:
    """Refuse a grammar that cannot be followed, before a model works on it."""
    if request.schema is not None or request.tools:
        other = "tools" if request.tools else "a schema"
        raise UsageError(
            f"an answer cannot follow a grammar and have {other}",
            remedy="ask for one of both",
        )
    if len(request.grammar) > LONGEST:
        raise UsageError(
            f"the grammar has more than {LONGEST:,} characters",
            remedy="write a shorter one",
        )
    if sum(1 for _ in _COUNTED.finditer(request.grammar)) > MOST:
        raise UsageError(
            f"the grammar has more than {MOST:,} rules, groups and repetitions",
            remedy="write a simpler one, and check the rest afterwards",
        )


def whole(completion: Completion, model: str) -> Completion:
    """Give an answer back if it came to its end; raises `Malformed` otherwise."""
    if completion.finish is not Finish.LENGTH:
        return completion
    raise Malformed(
        model,
        f"the answer was cut off after {completion.tokens_out} tokens, before its"
        " grammar was at an end",
        completion=completion,
        remedy="allow more with `max_tokens`, or end the grammar sooner",
    )
