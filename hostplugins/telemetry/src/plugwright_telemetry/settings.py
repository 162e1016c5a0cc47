"""What a person may set under `[plugins.telemetry.settings]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CAPTURE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
"""What all instrumentations of models go by, where nobody said it for this one."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What stands under `[plugins.telemetry.settings]`."""

    on: bool = False
    """Whether every agent that is built on this home is watched."""
    content: bool = False
    """Whether spans have what was said: questions, answers, arguments and results of
    tools. Where it is false, the environment may still ask for it."""


def wants_content(wish: bool | None, environ: Mapping[str, str]) -> bool:
    """Tell whether somebody asked for content; what is not clearly yes is no."""
    if wish is not None:
        return wish
    # Both generations of values. Of `EVENT_ONLY` there is nothing here: no events.
    asked = environ.get(CAPTURE, "").strip().lower()
    return asked in ("true", "span_only", "span_and_event")
