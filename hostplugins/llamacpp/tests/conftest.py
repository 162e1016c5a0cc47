"""A small model, written once, and opened for a test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # what several tests here share

from tiny_gguf import write_model

from plugwright.providers import Message, Request, Sampling
from plugwright_llamacpp.models import Models
from plugwright_llamacpp.options import Settings, parsed
from plugwright_llamacpp.provider import LocalModel

Open = Callable[..., LocalModel]
Ask = Callable[..., Request]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture
def models() -> Iterator[Models]:
    kept = Models()
    yield kept
    kept.close()


@pytest.fixture
def open_model(models: Models, tiny: Path) -> Open:
    def opened(query: str = "", path: Path = tiny) -> LocalModel:
        # One thread: on a busy machine, two small ones mostly wait for each other.
        where, options = parsed(f"{path}?threads=1&{query}".rstrip("&"), Settings())
        return LocalModel(models.lease(where, options))

    return opened


@pytest.fixture
def model(open_model: Open) -> LocalModel:
    return open_model("context=4096")


@pytest.fixture
def ask() -> Ask:
    def asked(
        text: str = "What is a half?", *, role: str = "tutor", **more: object
    ) -> Request:
        sampling = {
            key: more.pop(key)
            for key in ("temperature", "seed", "max_tokens", "stop")
            if key in more
        }
        return Request(
            role=role,
            template="test/1",
            messages=more.pop("messages", (Message("user", text),)),  # type: ignore[arg-type]
            sampling=Sampling(**{"temperature": 0.0, "max_tokens": 40, **sampling}),  # type: ignore[arg-type]
            **more,  # type: ignore[arg-type]
        )

    return asked
