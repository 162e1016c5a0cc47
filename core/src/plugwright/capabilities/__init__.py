"""What a sandboxed plugin can ask of its host: exactly what was granted to it.

Who asks is fixed here, when the services are made; nothing that a guest sends can say
otherwise. A service that was not granted does not exist, and one that was asks its
grants again at every call, since a grant may be for less than the whole service.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from plugwright.capabilities import clock, events, files, http, log, models, notes
from plugwright.capabilities.events import OnEmit
from plugwright.capabilities.grants import Grants, OnUse, permission_of, was_denied
from plugwright.capabilities.log import LONGEST_MESSAGE, OnLog
from plugwright.capabilities.outside import Outside, Turn
from plugwright.permissions import Permission
from plugwright.sandboxes import Service
from plugwright.storage import Shelf

__all__ = [
    "LONGEST_MESSAGE",
    "OnEmit",
    "OnLog",
    "OnUse",
    "Outside",
    "Turn",
    "permission_of",
    "services",
    "was_denied",
]


def services(
    plugin: str,
    permissions: Iterable[Permission],
    storage: Shelf,
    on_emit: OnEmit,
    on_log: OnLog,
    now: Callable[[], float],
    outside: Outside | None = None,
    on_use: OnUse | None = None,
) -> dict[str, Service]:
    """Make the services that these permissions allow, for this plugin alone.

    Without an `outside` there is no internet, no disk and no model behind them.
    """
    grants = Grants(tuple(permissions), on_use)
    world = outside or Outside()
    makers: dict[str, Callable[[], dict[str, Service]]] = {
        "clock": lambda: clock.services(grants, now),
        "events.emit": lambda: events.services(plugin, grants, on_emit),
        "files.read": lambda: files.reading(grants, world),
        "files.write": lambda: files.writing(grants, world),
        "http": lambda: http.services(grants, world),
        "log": lambda: log.services(plugin, grants, on_log),
        "model": lambda: models.services(plugin, grants, world, on_log),
        "storage": lambda: notes.services(grants, storage),
    }
    names = {permission.name for permission in grants.permissions}
    return {
        service: ask
        for name in sorted(names)
        for service, ask in makers[name]().items()
    }
