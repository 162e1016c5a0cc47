"""Where servers are, and how they are spoken to.

[plugins.openai.settings.endpoints.work]
url = "https://models.example.org/v1"
key = "env:WORK_KEY"

makes `openai:MODEL@work` a model's name. The endpoints `openai`, `anthropic` and
`ollama` are there from the start; one of the same name takes their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import ConfigDict, Field

from plugwright.secrets import Secret


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One server."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    url: Annotated[str, Field(pattern=r"^https?://[^\s?#@]+$")]
    """Without a password, a question mark or a fragment."""
    key: Secret | None = None
    is_open: bool = False
    """Whether the key may travel unencrypted to another machine."""
    context: Annotated[int, Field(ge=0)] = 0
    """Tokens that its models hold, where the server does not say."""
    silence: Annotated[float, Field(gt=0, le=86_400)] = 300.0
    """Seconds without a byte, after which nobody waits any longer."""
    connecting: Annotated[float, Field(gt=0, le=600)] = 10.0
    """Seconds that it may take to be reached."""
    retries: Annotated[int, Field(ge=0, le=20)] = 3
    patience: Annotated[float, Field(ge=0, le=86_400)] = 60.0
    """Seconds that are waited before one retry, if the server asks for them; asked for
    longer, the call fails and says how long."""
    idempotency: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]*$")] = ""
    """The header with which the server knows a call again and does not bill it twice.
    Without one, a call that may have been billed is not repeated."""
    proxy: Annotated[str, Field(pattern=r"^(none|http://[^\s?#@]+)?$")] = ""
    """`http://HOST:PORT`, or `none`; if empty, what the environment says."""
    authorities: str = ""
    """A PEM file with the authorities that may vouch for the server; if empty, those of
    this machine."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What stands under `[plugins.openai.settings]`."""

    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)


OPENAI = Endpoint(url="https://api.openai.com/v1", key=Secret("env:OPENAI_API_KEY"))
ANTHROPIC = Endpoint(
    url="https://api.anthropic.com/v1", key=Secret("env:ANTHROPIC_API_KEY")
)
OLLAMA = Endpoint(url="http://127.0.0.1:11434/v1")
