"""The stages of quality, once per session: everybody who validates looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pydantic import TypeAdapter

from plugwright.quality import Quality, Source, quality
from plugwright.sandboxes import JSON
from plugwright_forge.host import Host
from plugwright_forge.product import Product
from plugwright_forge.session import Session

if TYPE_CHECKING:
    from plugwright.host import Host as WholeHost

_QUALITY = TypeAdapter(Quality)
_STEP = "quality"


def looked_at(host: Host, session: Session, product: Product) -> Quality | None:
    """Give what the stages find; None where nobody can be asked."""
    if not hasattr(host, "hooks"):
        return None
    attempt = product.attempt
    source = Source(
        name=attempt.specification.name,
        files={**attempt.best.files, "README.md": product.readme},
        tests=product.acceptance.files,
        permissions=tuple(str(wish.permission) for wish in product.permissions),
        examples={each.command: each.arguments for each in product.shown},
    )

    def look() -> JSON:
        # Whoever has hooks is the whole host.
        found: JSON = _QUALITY.dump_python(
            quality(cast("WholeHost", host), source), mode="json"
        )
        return found

    return _QUALITY.validate_python(session.step(_STEP, look))
