"""How a model is opened: what stands after the `?` of its name, and the settings."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from pydantic import Field, TypeAdapter, ValidationError

from plugwright.errors import UsageError

Switch = Literal["auto", "on", "off"]
Kind = Literal["f32", "f16", "bf16", "q8_0", "q4_0"]


@dataclass(frozen=True, kw_only=True)
class Options:
    """How one model is loaded; each can follow the path: `?context=4096&process=1`."""

    context: Annotated[int, Field(ge=0, le=1 << 22)] = 0
    """Tokens of question and answer; zero takes what fits, up to 8,192."""
    seats: Annotated[int, Field(ge=1, le=64)] = 4
    """Roles whose last conversation stays ready; they share weights and context."""
    kv: Kind = "f16"
    """How exactly the context is kept; `q8_0` needs half of the memory."""
    flash: Switch = "auto"
    """Flash attention."""
    repack: Switch = "auto"
    """Order the weights anew: slower to load, 1.4 to 1.7 times faster to answer, and
    not given back when others need memory."""
    threads: Annotated[int, Field(ge=0, le=1024)] = 0
    """Zero shares the cores out to the models that are answering."""
    template: str = ""
    """Instead of the file's chat template: `chatml`, `plain`, or a file."""
    reuse: bool = True
    """Keep what was read for the next question of the role."""
    process: bool = False
    """Run it in a process of its own, whose crash is an error here and no more."""
    priority: int = 0
    """Of models that wait, those with the lowest are unloaded first."""
    lora: str = ""
    """A file with an adapter."""
    lora_scale: float = 1.0
    rope_base: Annotated[float, Field(ge=0)] = 0.0
    rope_scale: Annotated[float, Field(ge=0)] = 0.0


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What stands under `[plugins.llamacpp.settings]`."""

    budget: Annotated[int, Field(ge=0)] = 0
    """Bytes that all models together may need; zero is 80 % of what is free."""
    context: Annotated[int, Field(ge=0, le=1 << 22)] = 0
    process: bool = False
    """Run every model in a process of its own."""


_OPTIONS = TypeAdapter(Options)


def parsed(argument: str, settings: Settings) -> tuple[Path, Options]:
    """Take apart what stands after `gguf:`; raises `UsageError` for what is unknown."""
    if not argument:
        raise UsageError(
            "a model is missing", remedy="write `gguf:` and the path of its file"
        )
    if "\0" in argument:
        raise UsageError("a path cannot have a null in it", remedy="check the path")
    start = Options(context=settings.context, process=settings.process)
    path, _, query = argument.rpartition("?") if "?" in argument else (argument, "", "")
    if not query or Path(argument).exists():
        return _absolute(path if query == "" and path else argument), start
    try:
        given = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))
    except ValueError:
        raise UsageError(
            f"`?{query:.80}` is not understood", remedy="write `?context=4096`"
        ) from None
    try:
        options = _OPTIONS.validate_python({**asdict(start), **given})
    except ValidationError as error:
        raise UsageError(_first(error), remedy=_known()) from None
    unknown = sorted({*given} - {*asdict(start)})
    if unknown:
        raise UsageError(f"a model has no option `{unknown[0]:.40}`", remedy=_known())
    if options.lora:
        options = replace(options, lora=str(_absolute(options.lora)))
    return _absolute(path), options


def _absolute(path: str) -> Path:
    return Path(path).expanduser().absolute()


def _first(error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(str(each) for each in first["loc"])
    return f"`{name}={str(first['input'])[:40]}` is wrong: {first['msg']}"


def _known() -> str:
    return "there are " + ", ".join(f"`{name}`" for name in asdict(Options()))
