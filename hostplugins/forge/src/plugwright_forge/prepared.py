"""Answers that were written down beforehand: the file that `--answers` names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from plugwright.errors import UsageError

_Given = Mapping[str, str] | list[str]


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    answers: dict[str, str] | list[str]


def read_answers(path: Path) -> Mapping[str, str]:
    """Read `{"answers": {...}}`, with questions or numbers as keys, or a list."""
    try:
        value = json.loads(path.read_bytes())
        if isinstance(value, list):
            return _numbered(TypeAdapter(list[str]).validate_python(value))
        return _numbered(_File.model_validate(value).answers)
    except OSError as error:
        raise UsageError(
            f"the answers `{path}` cannot be read: {error.strerror}",
            remedy="name a file that you may read",
        ) from error
    except ValidationError as error:
        found = error.errors()[0]
        place = ".".join(map(str, found["loc"])) or "the file"
        raise UsageError(
            f"`{path}`: `{place}`: {found['msg']}", remedy=_REMEDY
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"`{path}` is not JSON: {error}", remedy=_REMEDY) from error


_REMEDY = 'write it as {"answers": {"1": "first answer", "QUESTION": "another"}}'


def _numbered(answers: _Given) -> Mapping[str, str]:
    if isinstance(answers, list):
        return {str(number): text for number, text in enumerate(answers, 1)}
    return answers
