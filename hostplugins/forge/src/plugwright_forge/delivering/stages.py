"""The stages of quality, once per version: everybody who validates looks at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias, cast

from pydantic import TypeAdapter

from plugwright.quality import Quality, Source, quality
from plugwright.sandboxes import JSON
from plugwright_forge.gate import withheld
from plugwright_forge.host import Host
from plugwright_forge.product import Product
from plugwright_forge.session import Session

if TYPE_CHECKING:
    from plugwright.host import Host as WholeHost

Look: TypeAlias = Callable[[Source], Quality]
"""Has all stages look at a plugin in the making."""
STEP = "quality"
_QUALITY = TypeAdapter(Quality)


def looking(host: Host) -> Look | None:
    """Give what looks; None where nobody can be asked."""
    if not hasattr(host, "hooks"):
        return None
    # Whoever has hooks is the whole host.
    return lambda source: quality(cast("WholeHost", host), source)


def looked_at(host: Host, session: Session, product: Product) -> Quality | None:
    """Give what the stages find in a product; None where nobody can be asked."""
    look = looking(host)
    if look is None:
        return None
    attempt = product.attempt
    source = Source(
        name=attempt.specification.name,
        files={**attempt.best.files, "README.md": product.readme},
        tests=product.acceptance.files,
        permissions=tuple(str(wish.permission) for wish in product.permissions),
        examples={each.command: each.arguments for each in product.shown},
    )
    return parsed(session.step(STEP, lambda: dumped(look(source))))


def worse(before: Quality, after: Quality) -> str:
    """Name what shuts the gate now, and by its stage did not before; else empty."""
    known = Counter(map(_stage, withheld(before)))
    for said in withheld(after):
        known[_stage(said)] -= 1
        if known[_stage(said)] < 0:
            return said
    return ""


def dumped(found: Quality) -> JSON:
    """Write it for the log of a session."""
    value: JSON = _QUALITY.dump_python(found, mode="json")
    return value


def parsed(value: JSON) -> Quality:
    """Read it back."""
    return _QUALITY.validate_python(value)


def _stage(said: str) -> str:
    return said.partition(":")[0]
