"""What a person calls models, as written into `config.toml`.

    [roles]
    tutor = "coder"

    [aliases]
    coder = "ollama/qwen2.5-coder:7b"

A role is played for plugins; an alias is a short name. Both may name an alias. Read
when somebody asks, so that a change needs no restart.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from plugwright.capabilities.models import Assigned
from plugwright.capabilities.outside import Spoken
from plugwright.errors import UsageError
from plugwright.home import naming
from plugwright.permissions import nearest
from plugwright.providers import Provider

CONFIG = "config.toml"
"""The name of the file, in the home."""


class _File(BaseModel):
    # Other parts of Plugwright have tables of their own in this file.
    model_config = ConfigDict(extra="ignore", strict=True)

    roles: dict[str, str] = {}
    aliases: dict[str, str] = {}


@dataclass(frozen=True, kw_only=True)
class Names:
    """What a person calls models."""

    roles: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)

    def resolved(self, name: str) -> str:
        """Give what a name stands for; itself, if nobody gave it a meaning.

        Raises UsageError where names stand for each other in a circle.
        """
        met = [name]
        while (meaning := self._meaning(name, is_first=len(met) == 1)) is not None:
            met.append(name := meaning)
            if name in met[:-1]:
                raise UsageError(
                    "names of models stand for each other in a circle: "
                    + " → ".join(f"`{each:.200}`" for each in met),
                    remedy="let one of them name a model, in config.toml",
                )
        return name

    def unknown(self, name: str, schemes: Iterable[str]) -> UsageError:
        """Say that a name stands for no model, and what may have been meant."""
        if not name.strip():
            known = {*schemes, *self.aliases, *self.roles}
            return UsageError("a model is not named", remedy=nearest(name, known))
        if ":" not in name and name.lower().partition("?")[0].endswith(".gguf"):
            return UsageError(
                f"`{name:.200}` names a file, but no provider",
                remedy=f"write `gguf:{name:.200}`",
            )
        what = f"no model, alias or role has the name `{name:.200}`"
        given = {**self.roles, **self.aliases}
        short = {each for each, model in given.items() if model == name}
        if short:
            what += f", which `{min(short):.80}` stands for in {CONFIG}"
        return UsageError(what, remedy=_meant(name, {*schemes}, {*given} - short))

    def _meaning(self, name: str, *, is_first: bool) -> str | None:
        # A role is what a person may type; what stands for something is no role.
        return self.aliases.get(name, self.roles.get(name) if is_first else None)


def _meant(name: str, schemes: set[str], given: set[str]) -> str:
    scheme, argument = split(name)
    known = schemes if argument else schemes | given
    is_file = name.lower().endswith(".gguf") and "gguf" in schemes
    if is_file and not get_close_matches(scheme, sorted(known), n=1, cutoff=0.75):
        scheme, known = "gguf", schemes  # whatever it is that runs such files
        name = f"gguf:{argument}"
    if close := get_close_matches(scheme, sorted(known), n=1):
        guess = close[0] + (name[len(scheme) :] if argument else "")
        return f"did you mean `{guess:.200}`? `plugwright models` lists what there is"
    kinds = ", ".join(f"`{each}`" for each in sorted(schemes))
    return (
        "name a model as PROVIDER:NAME; `plugwright models` lists what there is, and"
        f" PROVIDER is one of {kinds}"
    )


def split(name: str) -> tuple[str, str]:
    """Take a model's name apart, at the first `:` or `/`: scheme and the rest."""
    scheme, *rest = re.split("[:/]", name, maxsplit=1)
    return scheme, "".join(rest)


def names_in(path: Path) -> Names:
    """Read the names; none where there is no file. UsageError says what is wrong."""
    with naming(path):
        text = path.read_text("utf-8", "replace") if path.exists() else ""
    try:
        file = _File.model_validate(tomllib.loads(text))
        return Names(roles=file.roles, aliases=file.aliases)
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


def roles_in(path: Path) -> dict[str, str]:
    """Read the roles alone."""
    return dict(names_in(path).roles)


class ConfiguredModels:
    """Asks whoever the file says, as it is when somebody asks."""

    def __init__(self, path: Path, provider: Callable[[str], Provider]) -> None:
        self._path = path
        self._provider = provider
        self._opened: dict[str, Provider] = {}
        """Kept: some load a model, and a recording counts what it was asked."""

    def ask(self, role: str, prompt: str, max_tokens: int) -> Spoken:
        """Ask the model that plays this role."""
        names = names_in(self._path)
        # Resolved here, so that an alias that was changed is another model.
        roles = {
            each: Names(aliases=names.aliases).resolved(name)
            for each, name in names.roles.items()
            if each == role
        }
        return Assigned(roles, self._kept).ask(role, prompt, max_tokens)

    def _kept(self, name: str) -> Provider:
        if name not in self._opened:
            self._opened[name] = self._provider(name)
        return self._opened[name]
