"""Every name that leaves this package, and which conventions it is from.

They are the semantic conventions for GenAI of OpenTelemetry 1.41.1, the last release
that has them; since then they are developed in a repository of their own, which has no
release yet. None of them is stable. A change of version is a change of this file alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import PurePath
from urllib.parse import urlsplit

from plugwright.providers import Finish

SCOPE = "plugwright_telemetry"
"""Whose spans and metrics they are."""
SCHEMA = "https://opentelemetry.io/schemas/1.41.1"

# Operations.
CHAT = "chat"
EXECUTE_TOOL = "execute_tool"
INVOKE_AGENT = "invoke_agent"

# Attributes of spans; the first seven are those of metrics, too.
OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
RESPONSE_MODEL = "gen_ai.response.model"
SERVER_ADDRESS = "server.address"
SERVER_PORT = "server.port"
ERROR = "error.type"
AGENT = "gen_ai.agent.name"
CONVERSATION = "gen_ai.conversation.id"
OUTPUT_TYPE = "gen_ai.output.type"
MAX_TOKENS = "gen_ai.request.max_tokens"
SEED = "gen_ai.request.seed"
STOP_SEQUENCES = "gen_ai.request.stop_sequences"
STREAM = "gen_ai.request.stream"
TEMPERATURE = "gen_ai.request.temperature"
FINISH_REASONS = "gen_ai.response.finish_reasons"
FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"
CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
TOOL = "gen_ai.tool.name"
TOOL_CALL = "gen_ai.tool.call.id"
TOOL_DESCRIPTION = "gen_ai.tool.description"
TOOL_TYPE = "gen_ai.tool.type"

# Attributes with content: only when asked for.
INPUT_MESSAGES = "gen_ai.input.messages"
OUTPUT_MESSAGES = "gen_ai.output.messages"
TOOL_ARGUMENTS = "gen_ai.tool.call.arguments"
TOOL_RESULT = "gen_ai.tool.call.result"

# Metrics: all are histograms.
DURATION = "gen_ai.client.operation.duration"
TIME_TO_FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk"
TOKEN_USAGE = "gen_ai.client.token.usage"
TOKEN_TYPE = "gen_ai.token.type"
INPUT, OUTPUT = "input", "output"
SECONDS = [0.01 * 2**n for n in range(14)]
"""The bounds of the buckets, from a hundredth of a second to 82 seconds."""
TOKENS = [4**n for n in range(14)]

FUNCTION = "function"
"""The type of tool that an agent calls by itself, wherever it does its work."""
JSON_OUTPUT = "json"
TOOL_ERROR = "tool_error"
"""The type of the error where a tool failed, or was not allowed; ours, not theirs."""
OTHER = "_OTHER"
"""What there is no name for, or none that may be told."""

FINISHES = {
    Finish.STOP: "stop",
    Finish.LENGTH: "length",
    Finish.TOOLS: "tool_call",
    Finish.CANCELLED: "cancelled",
}

_PROVIDERS = {
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "moonshot": "moonshot_ai",
    "xai": "x_ai",
}
"""Those whose usual name is not that of the conventions; the others are themselves."""


@lru_cache
def named_by(provider: str) -> Mapping[str, str | int]:
    """Take the name of a provider apart: `ollama:qwen2.5-coder:7b`, `openai:it@URL`."""
    scheme, *rest = re.split("[:/]", provider, maxsplit=1)
    name, at, url = (rest[0] if rest else provider).partition("@http")
    about: dict[str, str | int] = {
        PROVIDER: _PROVIDERS.get(scheme, scheme),
        REQUEST_MODEL: model(name),
    }
    # Of the URL only where it is: the rest may have somebody's key in it.
    server = urlsplit(f"http{url}") if at else None
    if server is not None and server.hostname:
        about[SERVER_ADDRESS] = server.hostname
        with suppress(ValueError):
            about[SERVER_PORT] = server.port or {"http": 80}.get(server.scheme, 443)
    return about


def model(name: str) -> str:
    """Give a model's name; of a file, where it is on this machine is nobody's."""
    return PurePath(name).name if PurePath(name).is_absolute() else name
