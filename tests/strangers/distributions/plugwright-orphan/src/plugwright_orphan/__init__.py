"""Wraps a library that is not there."""

from a_library_that_was_removed import everything

__all__ = ["everything"]
