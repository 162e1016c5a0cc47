"""A page to watch and steer a session: `plugwright forge --web`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from plugwright.errors import UsageError

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright_forge.commission import Delivery
    from plugwright_forge.session import Session

__all__ = ["check_installed", "serve"]


def serve(
    host: Host, session: Session, *, announce: Callable[[str], object], yes: bool
) -> Delivery:
    """Carry out a session with a page; says what to install where that is missing."""
    check_installed()
    from plugwright_forge.web import serving

    return serving.serve(host, session, announce=announce, yes=yes)


def check_installed() -> None:
    """Say what to install, before anything is begun that would be left half done."""
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"the page needs `{error.name}`, which is not installed",
            remedy="pip install 'plugwright-forge[web]'",
        ) from error
