"""A plugin host: every plugin gets exactly what a person granted."""

__version__ = "0.1.0"

TYPE_CHECKING = False  # `typing` takes longer to import than all of this
if TYPE_CHECKING:
    from plugwright.agents.agent import Agent
    from plugwright.errors import PlugwrightError
    from plugwright.hooks import hookimpl
    from plugwright.host import Host
    from plugwright.quotas import Quota

__all__ = ["Agent", "Host", "PlugwrightError", "Quota", "__version__", "hookimpl"]

_HOMES = {
    "Agent": "plugwright.agents.agent",
    "Host": "plugwright.host",
    "PlugwrightError": "plugwright.errors",
    "Quota": "plugwright.quotas",
    "hookimpl": "plugwright.hooks",
}


def __getattr__(name: str) -> object:
    # Imported when asked for: `plugwright --version` needs none of it.
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module `plugwright` has no attribute `{name}`")


def __dir__() -> list[str]:
    return __all__
