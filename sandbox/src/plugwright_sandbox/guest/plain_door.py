"""The door of a guest that is no plugin: calls the functions of its `plugin.py`."""

import importlib
import sys
from typing import Any


class UnknownFunction(LookupError):
    """The caller named something that the source does not have."""

    plugwright_kind = "input"


def dispatch(operation: str, arguments: Any) -> Any:
    """Load the source, or call one of its functions by name."""
    if operation == "load":
        importlib.import_module("plugin")
        return None
    function = vars(sys.modules["plugin"]).get(operation)
    if operation.startswith("_") or not callable(function):
        raise UnknownFunction(f"there is no function `{operation}`")
    if isinstance(arguments, dict):
        return function(**arguments)
    return function(*arguments)
