"""What a person may set under `[plugins.models.settings]`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

Url = Annotated[str, Field(pattern=r"^(https?://[^\s?#@]+)?$")]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What stands under `[plugins.models.settings]`."""

    folders: tuple[str, ...] = ()
    """More folders in which to look for GGUF files."""
    servers: Mapping[str, Url] = field(default_factory=dict)
    """More servers to ask for their models, by name: `work = "http://10.0.0.7:8000"`.
    One of the names `ollama`, `llama.cpp`, `lm-studio` and `vllm` takes the place of
    the usual one; with an empty URL nobody is asked."""
    seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    """How long a server has to answer."""
    hub: Url = ""
    """Where `pull` gets files from; if empty, what `HF_ENDPOINT` says."""
