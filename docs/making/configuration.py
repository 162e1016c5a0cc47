"""The settings of the host plugins that come with this build, from their code."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields

from plugwright_scheduler.settings import Settings

_FIELD = re.compile(r'^    (\w+): [^\n]*\n    """(.+?)"""$', re.MULTILINE | re.DOTALL)


def of_scheduler() -> str:
    """Write every setting of the scheduler, with its default."""
    head = "| setting | what it is | default |\n| --- | --- | --- |\n"
    return head + "\n".join(_rows())


def _rows() -> Iterator[str]:
    docs = _docs()
    for each in fields(Settings):
        yield f"| `{each.name}` | {docs[each.name]} | `{json.dumps(each.default)}` |"


def _docs() -> Mapping[str, str]:
    """Read the texts that stand under the fields."""
    found = _FIELD.findall(inspect.getsource(Settings))
    return {name: " ".join(text.split()) for name, text in found}


MADE = {"settings of the scheduler": of_scheduler}
