"""What one plugin was granted, and how a lack of it is named in the ledger."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from plugwright.errors import Denied, UsageError
from plugwright.permissions import Permission
from plugwright.sandboxes import JSON
from plugwright.targets import METHODS
from plugwright.urls import URL, Unfit

OnUse: TypeAlias = Callable[[Permission], None]
"""Told what each call made use of, as narrow as it can be asked for."""

LONGEST = 200
"""Characters of a permission in the ledger; of a longer one only the kind is named."""

PRIVATE = " at a private address"
"""Stands after an address whose name led to where no name may lead."""

_SERVICE = re.compile(r"[a-z][a-z0-9._-]{0,63}", re.ASCII)
_ORIGIN = re.compile(
    rf"http:({'|'.join(METHODS)}) https?://[a-z0-9._:\[\]-]{{1,180}}({PRIVATE})?",
    re.ASCII,
)
_STATEMENT = re.compile(r"storage\.query:[a-z]{1,20}", re.ASCII)
_NEEDS = {
    "clock.now": "clock",
    "files.exists": "files.read",
    "files.list": "files.read",
    "http.request": "http",
    "models.ask": "model",
}


@dataclass(frozen=True)
class Grants:
    """The permissions of one plugin, asked at every call."""

    permissions: tuple[Permission, ...]
    on_use: OnUse | None = None

    def of(self, name: str) -> tuple[Permission, ...]:
        """List those of one kind."""
        return tuple(each for each in self.permissions if each.name == name)

    def find(self, wanted: Permission) -> Permission | None:
        """Give the first that covers what is wanted."""
        return next((each for each in self.permissions if each.covers(wanted)), None)

    def check(self, wanted: Permission) -> Permission:
        """Give a grant that covers this. Raises `Denied` where there is none."""
        found = self.find(wanted)
        if found is None:
            raise Denied(shown(wanted))
        # What is said about an event is its whole name, so that can be asked for; of
        # a key or an address it is one of very many.
        self.use(wanted if wanted.name == "events.emit" else found)
        return found

    def use(self, permission: Permission) -> None:
        """Note that this was made use of."""
        if self.on_use is not None:
            self.on_use(permission)


def shown(wanted: Permission, note: str = "") -> str:
    """Name a permission that is lacking, in words fit for the ledger.

    A guest chose its target, so nothing of it is repeated that is not plain; and of a
    web address not the path, which may carry what nobody should read.
    """
    if wanted.name == "http":
        method, _, address = wanted.target.partition(" ")
        text = f"http:{method} {URL.parse(address).origin}{note}"
        return text if _ORIGIN.fullmatch(text) else "http"
    try:
        text = str(Permission.parse(str(wanted)[: LONGEST + 1]))
    except UsageError:
        return wanted.name
    return text if len(text) <= LONGEST else wanted.name


def permission_of(service: str, arguments: JSON) -> str:
    """Name the permission that a service needs, in words fit for the ledger.

    The guest chooses both arguments, so nothing of them is repeated that is not plain.
    """
    if not _SERVICE.fullmatch(service):
        return "unknown"
    needs = (
        "storage" if service.startswith("storage.") else _NEEDS.get(service, service)
    )
    given = arguments if isinstance(arguments, dict) else {}
    target = _target(needs, {k: v for k, v in given.items() if isinstance(v, str)})
    return shown(Permission(needs, target)) if target else needs


def _target(needs: str, given: dict[str, str]) -> str:
    if needs == "http" and given.get("method") in METHODS:
        try:
            return f"{given['method']} {URL.parse(given.get('url', ''))}"
        except Unfit:
            return ""
    if needs == "model" and "role" in given:
        return f"role={given['role']}"
    if needs in ("files.read", "files.write"):
        return given.get("folder", "")
    return given.get("name", "") if needs == "events.emit" else ""


def was_denied(refused: str) -> str:
    """Name the permission that an engine reports as refused, in words for the ledger.

    It is a service that the guest named, or a permission that `Denied` named; it has
    been through the guest's side, so it may be anything.
    """
    if _ORIGIN.fullmatch(refused) or _STATEMENT.fullmatch(refused):
        return refused
    text = refused[: LONGEST + 1]
    try:
        permission = Permission.parse(text)
    except UsageError:
        return permission_of(text.partition(":")[0], {})
    return shown(permission)
