"""Which tests a plugin gets: kinds, strategies, what the forge adds, what counts."""

from plugwright_forge.testing.kinds import TestKind, is_derived, kinds_of
from plugwright_forge.testing.strategies import SCOPES, Scope, Strategy, in_words

__all__ = [
    "SCOPES",
    "Scope",
    "Strategy",
    "TestKind",
    "in_words",
    "is_derived",
    "kinds_of",
]
