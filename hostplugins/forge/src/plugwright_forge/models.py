"""Which model answers, and what a person can do who has none."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from plugwright.manifest import MISLEADING
from plugwright.providers import ProviderOffer

VARIABLE = "PLUGWRIGHT_MODEL"
SERVERS = {11434: "Ollama", 8080: "llama.cpp", 1234: "LM Studio", 8000: "vLLM"}
PATIENCE = 0.15
"""Seconds to wait for a server on this machine."""
KEYS = (
    "ANTHROPIC_API_KEY",
    "GEMINI_API_KEY",
    "GROQ_API_KEY",
    "MISTRAL_API_KEY",
    "OPENAI_API_KEY",
    "OPENROUTER_API_KEY",
)
FOLDERS = (
    "models",
    "Downloads",
    ".cache/huggingface/hub",
    ".cache/llama.cpp",
    ".cache/lm-studio/models",
    ".lmstudio/models",
    ".local/share/models",
)
_DEEPEST, _MOST_ENTRIES, _MOST_FILES = 4, 2000, 5


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What this machine has that could answer."""

    servers: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()
    keys: tuple[str, ...] = ()
    """Names of environment variables, never what is in them."""


def look_around(environment: Mapping[str, str], home: Path) -> Findings:
    """Look for local servers, model files and keys, in about a second at most."""
    return Findings(
        servers=tuple(_servers()),
        files=tuple(gguf_files(home / folder for folder in FOLDERS)),
        keys=tuple(name for name in KEYS if environment.get(name)),
    )


def in_words(findings: Findings, offers: Iterable[ProviderOffer]) -> str:
    """Write the one screen that says what can be done."""
    schemes = {offer.scheme: offer.summary for offer in offers}
    return "\n".join(
        [
            "No model was named, so nobody can write the plugin.",
            "",
            "What can be done now:",
            "  plugwright demo",
            "      watch a recorded request become a plugin",
            '  plugwright forge "REQUEST" --model hand',
            "      answer every prompt yourself, in this terminal",
            '  plugwright forge "REQUEST" --model hand:FOLDER',
            "      the same in files: you, or any program, write the answers",
            f"  {VARIABLE}=NAME",
            "      names the model once and for all",
            "",
            "Models that the installed plugins can open:",
            *([f"  {name}: {schemes[name]}" for name in schemes] or ["  none"]),
            *_found(findings),
        ]
    )


def origin_of(model: str) -> str:
    """Say who answered in a recording that is played, as its header has it."""
    scheme, _, file = model.partition(":")
    if scheme != "replay":
        return ""
    try:
        header = json.loads(Path(file).expanduser().read_bytes())
        note = header.get("note", "")
        words = [header["origin"], " ".join(note) if isinstance(note, list) else note]
        return MISLEADING.sub(" ", " – ".join(filter(None, map(str, words))))
    except (OSError, ValueError, KeyError, AttributeError, RecursionError):
        # The provider says what is wrong with a recording; this is only its label.
        return ""


def gguf_files(folders: Iterable[Path]) -> Iterator[Path]:
    """Find a few model files, without searching a whole disk."""
    left = _MOST_FILES
    for folder in folders:
        for path in _walk(folder, _DEEPEST, [_MOST_ENTRIES]):
            if not left:
                return
            left -= 1
            yield path


def _found(findings: Findings) -> Iterator[str]:
    if findings == Findings():
        return
    yield ""
    yield "Found on this machine, but this version has no plugin for it yet:"
    yield from (f"  a server: {server}" for server in findings.servers)
    yield from (f"  a model file: {path}" for path in findings.files)
    yield from (f"  an API key: {name}" for name in findings.keys)


def _servers() -> Iterator[str]:
    with ThreadPoolExecutor(len(SERVERS)) as pool:
        answers = pool.map(_listens, SERVERS)
        for (port, name), answered in zip(SERVERS.items(), answers, strict=True):
            if answered:
                yield f"probably {name}, on port {port}"


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except OSError:
        return False
    return True


def _walk(folder: Path, depth: int, left: list[int]) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        left[0] -= 1
        if left[0] < 0:
            return
        if entry.is_dir(follow_symlinks=False) and depth:
            yield from _walk(Path(entry.path), depth - 1, left)
        elif entry.name.endswith(".gguf"):
            yield Path(entry.path)
