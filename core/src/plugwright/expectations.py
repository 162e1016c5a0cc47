"""What a value in `plugin.toml` has to be, in our own words.

pydantic's words are for programmers, and change from one version of it to the next.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version
from pydantic import AfterValidator, JsonValue
from pydantic_core import ErrorDetails

from plugwright.amounts import amount
from plugwright.sources import MISLEADING

API = "0.1"
"""The version of the promise between this host and its sandboxed plugins."""
LARGEST_NUMBER = 1 << 53
# Less than `MOST_PARTS`: where a table is written, its name has all that is around it.
DEEPEST = 61

_TEXT = "has to be text, in quotes"
_NUMBER = "has to be a number, without quotes"
_TABLE = "has to be a table, with keys of its own"
_EXPECTED: Mapping[str, str] = {
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_too_short": "has to have {min_length} or more characters",
    "string_too_long": "has to have {max_length} or fewer characters",
    "int_type": "has to be a whole number, without quotes or fraction",
    "int_from_float": "has to be a whole number, without quotes or fraction",
    "int_parsing_size": "has to be a smaller number",
    "float_type": _NUMBER,
    "finite_number": "has to be a finite number",
    "greater_than_equal": "has to be {ge} or more",
    "less_than_equal": "has to be {le} or less",
    "list_type": "has to be a list, in square brackets",
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "literal_error": "has to be {expected}",
    "invalid-json-value": "has to be text, a number, true or false, a list or a table",
}
"""By pydantic's name of the mistake, with what it tells about it."""


def expected(found: ErrorDetails) -> str:
    """Say what is wrong with a value: our own reason, or what it has to be."""
    context = found.get("ctx", {})
    if reason := context.get("error"):
        return str(reason)
    name = str(found["loc"][-1])
    shown = {key: _in_words(name, value) for key, value in context.items()}
    # What only a newer pydantic can find is told in no words, rather than in its own.
    words = _EXPECTED.get(found["type"], "cannot be that")
    return words.format_map(shown)


def _in_words(name: str, limit: object) -> str:
    """Write a limit as it is typed; of very many bytes also how much that is."""
    if not isinstance(limit, int) or limit < 1 << 10:
        return str(limit)
    said = amount(name, limit)
    return f"{limit} ({said})" if said.endswith("B") else str(limit)


def like(pattern: str, most: int, words: str) -> AfterValidator:
    """Expect text of a shape, which the words describe."""
    shape = re.compile(pattern, re.ASCII)

    def check(text: str) -> str:
        if len(text) > most or not shape.fullmatch(text):
            raise ValueError(f"has to be {words}, {most} characters at most")
        return text

    return AfterValidator(check)


def readable(text: str) -> str:
    """Refuse what a screen does not show as it is."""
    if MISLEADING.search(text):
        raise ValueError("has characters that a screen shows wrongly or not at all")
    return text


def one_line(text: str) -> str:
    """Refuse what is longer than a line, too."""
    if "\n" in text or "\t" in text:
        raise ValueError("has to be one line")
    return readable(text)


def free_name(name: str) -> str:
    """Refuse names that could pass for the host's own."""
    if name.startswith("plugwright"):
        raise ValueError("begins with `plugwright`, as only the host's own names do")
    return name


def pep440(version: str) -> str:
    """Expect a version that can be told older from newer."""
    try:
        Version(version)
    except InvalidVersion as error:
        raise ValueError("has to be a version, like `0.1.0` or `1.2`") from error
    return version


def for_this_host(api: str) -> str:
    """Expect a range of versions that this host is in."""
    try:
        known = SpecifierSet(api)
    except InvalidSpecifier as error:
        raise ValueError("has to be a range, like `>=0.1,<0.2`") from error
    if not known.contains(API, prereleases=True):
        raise ValueError(
            f"leaves out this Plugwright, whose api is {API}: "
            "upgrade plugwright-core, or widen the range if the plugin allows it"
        )
    return api


def crossable(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Refuse what would not come through as it is."""
    level: list[JsonValue] = [value]
    for _ in range(DEEPEST):
        for number in level:
            if type(number) is int and abs(number) > LARGEST_NUMBER:
                raise ValueError("has a whole number beyond 2**53")
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return value
    raise ValueError(f"is nested more than {DEEPEST - 1} levels deep")


def all_different(names: list[str]) -> list[str]:
    """Refuse a list that repeats itself."""
    if len(set(names)) < len(names):
        raise ValueError("says something twice")
    return names
