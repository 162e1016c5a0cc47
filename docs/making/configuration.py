"""The settings of the host plugins that come with this build, from their code."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from functools import partial
from typing import Any

from plugwright_memory.settings import Settings as OfMemory
from plugwright_models.settings import Settings as OfModels
from plugwright_scheduler.settings import Settings as OfScheduler
from plugwright_telemetry.settings import Settings as OfTelemetry

_FIELD = re.compile(r'^    (\w+): [^\n]*\n    """(.+?)"""$', re.MULTILINE | re.DOTALL)


def settings(kind: Any) -> str:
    """Write every setting of a plugin, with its default."""
    head = "| setting | what it is | default |\n| --- | --- | --- |\n"
    return head + "\n".join(_rows(kind))


def _rows(kind: Any) -> Iterator[str]:
    docs = _docs(kind)
    for each in fields(kind):
        made = each.default_factory is not MISSING
        default = each.default_factory() if made else each.default
        yield f"| `{each.name}` | {docs[each.name]} | `{json.dumps(default)}` |"


def _docs(kind: Any) -> Mapping[str, str]:
    """Read the texts that stand under the fields."""
    found = _FIELD.findall(inspect.getsource(kind))
    return {name: " ".join(text.split()) for name, text in found}


MADE = {
    "settings of the memory": partial(settings, OfMemory),
    "settings of the models": partial(settings, OfModels),
    "settings of the scheduler": partial(settings, OfScheduler),
    "settings of the telemetry": partial(settings, OfTelemetry),
}
