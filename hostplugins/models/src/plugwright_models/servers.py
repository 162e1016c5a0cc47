"""Which servers on this machine have models, asked all at once and not for long."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from plugwright.errors import in_one_line

OLLAMA = "ollama"
USUAL: Mapping[str, str] = {
    OLLAMA: "http://127.0.0.1:11434",
    "llama.cpp": "http://127.0.0.1:8080",
    "lm-studio": "http://127.0.0.1:1234",
    "vllm": "http://127.0.0.1:8000",
}
LONGEST = 4 << 20
"""Bytes of an answer; a list of models is shorter."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server, and what it said."""

    name: str
    url: str
    models: tuple[str, ...] = ()
    """As `plugwright chat` takes them."""
    problem: str = ""
    """Why it said nothing; empty, too, where nobody is there."""


def servers(configured: Mapping[str, str], seconds: float) -> list[Server]:
    """Ask all of them; those that are there, or were configured, are given."""
    wanted = {name: url for name, url in {**USUAL, **configured}.items() if url}
    found: dict[str, Server] = {}

    def ask(name: str, url: str) -> None:
        found[name] = _asked(name, _root(url), seconds)

    # Daemons: a server that sends a byte now and then holds nobody up.
    threads = [
        threading.Thread(target=ask, args=each, daemon=True) for each in wanted.items()
    ]
    until = time.monotonic() + seconds
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    late = f"it did not answer within {seconds:g} s"
    answers = [
        found.get(name) or Server(name=name, url=url, problem=late)
        for name, url in wanted.items()
    ]
    return [each for each in answers if each.models or each.problem]


def _root(url: str) -> str:
    return url.rstrip("/").removesuffix("/v1")


def _asked(name: str, url: str, seconds: float) -> Server:
    try:
        models = tuple(_models(name, url, seconds))
    except ConnectionRefusedError:
        is_usual = USUAL.get(name) == url
        problem = "" if is_usual else "nobody is there"
        return Server(name=name, url=url, problem=problem)
    except TimeoutError:
        return Server(name=name, url=url, problem=f"it did not answer in {seconds:g} s")
    except (OSError, HTTPException, ValueError, RecursionError) as error:
        return Server(name=name, url=url, problem=in_one_line(error))
    problem = "" if models else "it has no models"
    return Server(name=name, url=url, models=models, problem=problem)


def _models(name: str, url: str, seconds: float) -> Iterator[str]:
    if name == OLLAMA:
        rows = _got(f"{url}/api/tags", seconds).get("models")
        ids = [row.get("name") for row in _tables(rows)]
    else:
        rows = _got(f"{url}/v1/models", seconds).get("data")
        ids = [row.get("id") for row in _tables(rows)]
    for id in ids:
        if not isinstance(id, str) or not id.strip():
            raise ValueError("it answers with models that have no names")
        is_ollama = name == OLLAMA and url == USUAL[OLLAMA]
        yield f"ollama/{id}" if is_ollama else f"openai:{id}@{url}/v1"


def _tables(rows: object) -> list[dict[str, Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("what answers there has no list of models")
    return rows


def _got(url: str, seconds: float) -> dict[str, Any]:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    try:
        connection.request("GET", parts.path, headers={"Accept": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            raise ValueError(f"what answers there says {response.status}")
        content = response.read(LONGEST + 1)
    finally:
        connection.close()
    if len(content) > LONGEST:
        raise ValueError("its answer is longer than any list of models")
    try:
        answer = json.loads(content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ValueError("what answers there has no list of models")
    return answer
