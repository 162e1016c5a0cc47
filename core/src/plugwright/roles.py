"""Which model plays which role for plugins, as a person wrote it into `config.toml`.

    [roles]
    tutor = "replay:tutor.json"

Read when somebody asks, so that a change needs no restart.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from plugwright.capabilities.models import Assigned
from plugwright.capabilities.outside import Spoken
from plugwright.errors import UsageError
from plugwright.home import naming
from plugwright.providers import Provider


class _File(BaseModel):
    # Other parts of Plugwright have tables of their own in this file.
    model_config = ConfigDict(extra="ignore", strict=True)

    roles: dict[str, str] = {}


def roles_in(path: Path) -> dict[str, str]:
    """Read the roles; none where there is no file. UsageError says what is wrong."""
    with naming(path):
        text = path.read_text("utf-8", "replace") if path.exists() else ""
    try:
        return _File.model_validate(tomllib.loads(text)).roles
    except ValidationError as error:
        found = error.errors(include_input=False)[0]
        place = ".".join(map(str, found["loc"]))
        raise UsageError(
            f"`{path}`: `{place:.80}`: {found['msg']}",
            remedy='write it like this: tutor = "replay:tutor.json"',
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"`{path}` is not TOML: {error}", remedy="correct that place"
        ) from error


class ConfiguredModels:
    """Asks whoever the file says, as it is when somebody asks."""

    def __init__(self, path: Path, provider: Callable[[str], Provider]) -> None:
        self._path = path
        self._provider = provider
        self._opened: dict[str, Provider] = {}
        """Kept: some load a model, and a recording counts what it was asked."""

    def ask(self, role: str, prompt: str, max_tokens: int) -> Spoken:
        """Ask the model that plays this role."""
        assigned = Assigned(roles_in(self._path), self._kept)
        return assigned.ask(role, prompt, max_tokens)

    def _kept(self, name: str) -> Provider:
        if name not in self._opened:
            self._opened[name] = self._provider(name)
        return self._opened[name]
