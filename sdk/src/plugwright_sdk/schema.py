"""JSON Schema (2020-12) from shapes: what a manifest tells the world about a command.

A schema is written into TOML, which has no null; so no schema holds a null value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugwright_sdk.annotations import fields_of, shape_of
from plugwright_sdk.conversion import Checker, Mismatch, encode
from plugwright_sdk.shapes import (
    JSON,
    NOTHING,
    Alias,
    Choice,
    Either,
    Field,
    Items,
    Lookup,
    Named,
    Row,
    Scalar,
    Shape,
)

Schema = dict[str, Any]


def schema_of(shape: Shape) -> Schema:
    """Write the schema of one value."""
    return Writer().document(shape)


def schema_of_fields(fields: Mapping[str, Field]) -> Schema:
    """Write the schema of a command's arguments."""
    writer = Writer()
    return writer.finish(writer.object(fields))


class Writer:
    """Writes one schema; what contains itself goes to `$defs`, the rest in place."""

    def __init__(self) -> None:
        self._open: list[Any] = []
        self._recursive: set[Any] = set()
        self._definitions: dict[str, Schema] = {}

    def document(self, shape: Shape) -> Schema:
        """Write a whole schema."""
        return self.finish(self.write(shape))

    def finish(self, schema: Schema) -> Schema:
        """Add the definitions that it refers to."""
        return schema | ({"$defs": self._definitions} if self._definitions else {})

    def write(self, shape: Shape) -> Schema:
        """Write one shape, and what the author says about it."""
        schema = self._write(shape)
        if not shape.description:
            return schema
        return schema | {"description": shape.description}

    def _write(self, shape: Shape) -> Schema:
        match shape:
            case Scalar():
                return dict(shape.keywords)
            case Choice():
                return {"enum": [plain for plain, _ in shape.options]}
            case Either():
                return {"anyOf": [self.write(option) for option in shape.shapes]}
            case Items():
                return {"type": "array", "items": self.write(shape.item)}
            case Row():
                return self._row(shape)
            case Lookup():
                values = self.write(shape.value)
                return {"type": "object", "additionalProperties": values}
            case Named():
                return self._named(shape)
        return {}

    def _row(self, shape: Row) -> Schema:
        length = len(shape.places)
        sizes = {"type": "array", "minItems": length, "maxItems": length}
        places = [self.write(place) for place in shape.places]
        return sizes | ({"prefixItems": places} if places else {})

    def _named(self, shape: Named) -> Schema:
        name = shape.type.__name__
        reference = {"$ref": f"#/$defs/{name}"}
        if shape.type in self._open:
            self._recursive.add(shape.type)
            return reference
        if name in self._definitions:
            return reference
        self._open.append(shape.type)
        schema = self._inside(shape)
        self._open.pop()
        if shape.type not in self._recursive:
            return schema
        self._definitions[name] = schema
        return reference

    def _inside(self, shape: Named) -> Schema:
        if isinstance(shape, Alias):
            return self.write(shape_of(shape.type.__value__))
        return self.object(fields_of(shape.type))

    def object(self, fields: Mapping[str, Field]) -> Schema:
        """Write an object that has these fields and no other."""
        required = [name for name, field in fields.items() if field.required]
        return {
            "type": "object",
            "properties": {name: self._property(f) for name, f in fields.items()},
            "required": required,
            "additionalProperties": False,
        }

    def _property(self, field: Field) -> Schema:
        schema = self.write(field.shape)
        if field.default is NOTHING:
            return schema
        try:
            default = encode(field.default)
            Checker().read(field.shape, default)
        except Mismatch:  # a default that only Python can hold
            return schema
        return schema if _holds_null(default) else schema | {"default": default}


def _holds_null(data: JSON) -> bool:
    if isinstance(data, dict):
        return any(map(_holds_null, data.values()))
    return any(map(_holds_null, data)) if isinstance(data, list) else data is None
