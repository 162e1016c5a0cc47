"""What to do where the API of OpenTelemetry is not installed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from plugwright.errors import NotLoaded

_log = logging.getLogger("plugwright.telemetry")

INSTALL = "pip install opentelemetry-api"


@contextmanager
def needing_api() -> Iterator[None]:
    """Say what to install, if an import within fails for that."""
    try:
        yield
    except ImportError as error:
        raise NotLoaded(
            "telemetry", "needs `opentelemetry-api`, which is missing", remedy=INSTALL
        ) from error


@cache
def is_api_here() -> bool:
    """Tell whether it can be imported; that it cannot is logged once."""
    try:
        import opentelemetry.metrics
        import opentelemetry.trace  # noqa: F401 # to see whether it is there
    except ImportError:
        _log.warning(
            "`telemetry` is on, but no agent is watched: `opentelemetry-api` is missing"
            " (%s)",
            INSTALL,
        )
        return False
    return True
