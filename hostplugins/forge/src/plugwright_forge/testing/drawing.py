"""From JSON Schema to hypothesis: how inputs of a command are drawn, as source text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_DEEPEST = 5
_LONGEST = 5
"""Things in a list; what breaks with more of them mostly breaks with so many."""


def drawn(
    schema: Mapping[str, Any], root: Mapping[str, Any], words: Sequence[str]
) -> str:
    """Write a strategy for what a schema allows; of schemas, what the guest API says.

    `words` are texts that mean something to this plugin, from its examples.
    """
    return _drawn(schema, root, words, 0)


def resolved(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give what a reference leads to."""
    for _ in range(_DEEPEST):
        name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
        if not name:
            break
        schema = root.get("$defs", {}).get(name, {})
    return schema


def may_be_null(schema: Mapping[str, Any], root: Mapping[str, Any]) -> bool:
    """Tell whether a result may be nothing."""
    told = resolved(schema, root)
    if not told:
        return True  # nothing is said of it
    kinds = [*told.get("anyOf", ()), *told.get("oneOf", ())]
    return told.get("type") == "null" or any(may_be_null(k, root) for k in kinds)


def _drawn(
    schema: Mapping[str, Any], root: Mapping[str, Any], words: Sequence[str], depth: int
) -> str:
    told = resolved(schema, root)
    for key in ("anyOf", "oneOf"):
        if told.get(key):
            parts = [_drawn(each, root, words, depth + 1) for each in told[key]]
            return f"st.one_of({', '.join(parts)})"
    if "enum" in told:
        return f"st.sampled_from({list(told['enum'])!r})"
    if "const" in told:
        return f"st.just({told['const']!r})"
    if depth > _DEEPEST:
        return "st.none()"
    match told.get("type"):
        case "object":
            return _object(told, root, words, depth)
        case "array":
            inner = _drawn(told.get("items", {}), root, words, depth + 1)
            least = told.get("minItems", 0)
            most = min(told.get("maxItems", _LONGEST), least + _LONGEST)
            return f"st.lists({inner}, min_size={least}, max_size={most})"
        case "integer":
            least = told.get("minimum", told.get("exclusiveMinimum", -10) + 1)
            most = told.get("maximum", told.get("exclusiveMaximum", 1001) - 1)
            return f"st.integers({int(least)}, {int(max(least, most))})"
        case "number":
            # Quarters: what they add up to is exact, so that order cannot matter.
            return "st.integers(-40, 4000).map(lambda n: n / 4)"
        case "boolean":
            return "st.booleans()"
        case "string":
            known = f"st.sampled_from({[*words]!r}) | " if words else ""
            longest = min(told.get("maxLength", 6), 6)
            return f"{known}st.text(max_size={longest})"
    return "st.none()"


def _object(
    told: Mapping[str, Any], root: Mapping[str, Any], words: Sequence[str], depth: int
) -> str:
    parts: Mapping[str, Any] = told.get("properties", {})
    if not parts:
        inner = told.get("additionalProperties")
        if not isinstance(inner, dict):
            return "st.just({})"
        values = _drawn(inner, root, words, depth + 1)
        keys = _drawn({"type": "string"}, root, words, depth + 1)
        return f"st.dictionaries({keys}, {values}, max_size={_LONGEST})"
    required = told.get("required", ())
    must = [f"{n!r}: {_drawn(parts[n], root, words, depth + 1)}" for n in required]
    may = [
        f"{name!r}: {_drawn(part, root, words, depth + 1)}"
        for name, part in parts.items()
        if name not in required
    ]
    optional = f", optional={{{', '.join(may)}}}" if may else ""
    return f"st.fixed_dictionaries({{{', '.join(must)}}}{optional})"
