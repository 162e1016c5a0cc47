"""What is offered to somebody who has no model."""

from __future__ import annotations

import json
import socket

import pytest

from plugwright.providers import ProviderOffer
from plugwright_forge import models
from plugwright_forge.models import (
    Findings,
    gguf_files,
    in_words,
    look_around,
    origin_of,
)


@pytest.fixture
def server(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        monkeypatch.setattr(models, "SERVERS", {port: "Ollama", 1: "nobody"})
        yield port


def test_servers_files_and_keys_are_found_and_keys_are_not_told(tmp_path, server):
    (tmp_path / "models" / "small").mkdir(parents=True)
    (tmp_path / "models" / "small" / "q4.gguf").touch()

    found = look_around({"OPENAI_API_KEY": "secret", "HOME": "/x"}, tmp_path)

    assert found == Findings(
        servers=(f"probably Ollama, on port {server}",),
        files=(tmp_path / "models" / "small" / "q4.gguf",),
        keys=("OPENAI_API_KEY",),
    )
    assert "secret" not in in_words(found, [])


def test_the_search_for_files_is_bounded(tmp_path):
    deep = tmp_path / "a" / "b" / "c" / "d" / "e"
    deep.mkdir(parents=True)
    (deep / "hidden.gguf").touch()
    for number in range(9):
        (tmp_path / f"{number}.gguf").touch()

    found = list(gguf_files([tmp_path, tmp_path / "none"]))

    assert len(found) == 5
    assert deep / "hidden.gguf" not in found


def test_the_screen_says_what_can_be_done_and_what_not_yet():
    offers = [ProviderOffer(scheme="echo", summary="says it back", open=str)]

    words = in_words(Findings(keys=("OPENAI_API_KEY",)), offers)

    assert "plugwright demo" in words
    assert "--model hand" in words
    assert "  echo: says it back" in words
    assert "this version has no plugin for it yet:\n  an API key: OPENAI" in words
    assert "Found on this machine" not in in_words(Findings(), offers)


def test_a_recording_says_who_answered(tmp_path):
    path = tmp_path / "r.json"
    path.write_text(json.dumps({"origin": "by hand", "note": ["no", "model"]}))

    assert origin_of(f"replay:{path}") == "by hand – no model"
    assert origin_of("hand") == ""


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_an_unreadable_recording_has_no_label(tmp_path, content):
    path = tmp_path / "r.json"
    path.write_text(content)

    assert origin_of(f"replay:{path}") == ""
