"""A real server with a real engine: llama-cpp-python's, with a model of random weights.

What it says means nothing; that it is understood does.
"""

from __future__ import annotations

import importlib.util
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from urllib.request import urlopen

import pytest

import plugwright_openai
from plugwright.errors import Malformed, TooLong
from plugwright.providers import (
    Cancel,
    Done,
    Finish,
    Message,
    Piece,
    Request,
    Sampling,
    able,
    collected,
    streamed,
)
from plugwright_sdk.kit.contracts import ProviderContract

NEEDED = ("gguf", "llama_cpp", "uvicorn", "fastapi", "sse_starlette")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"pip install 'plugwright-openai[test]': no {MISSING}"
)
CONTEXT = 2048
LONGEST_WAIT = 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start the server in a process of its own; gives its URL."""
    from tiny_model import write_model

    folder = tmp_path_factory.mktemp("model")
    model = write_model(folder / "tiny.gguf", CONTEXT)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model)]
    command += ["--host", "127.0.0.1", "--port", port, "--n_ctx", str(CONTEXT)]
    command += ["--model_alias", "tiny", "--n_threads", "1", "--embedding", "true"]
    log = folder / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        _wait_for(f"http://127.0.0.1:{port}/v1/models", process, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.kill()
        process.wait()


def _wait_for(url, process, log):
    end = time.monotonic() + LONGEST_WAIT
    while True:
        try:
            with urlopen(url, timeout=5):
                return
        except OSError:
            text = log.read_text("utf-8", "replace")
            assert process.poll() is None, text
            assert time.monotonic() < end, text
            time.sleep(0.05)


class OnLlama:
    @pytest.fixture
    def provider(self, plugwright_host, server):
        provider = plugwright_host.provider(f"openai:tiny@{server}")
        yield provider
        provider.close()


class TestContract(OnLlama, ProviderContract):
    @pytest.fixture
    def plugin(self):
        return plugwright_openai

    @pytest.fixture
    def provider(self, host, server):
        provider = host.provider(f"openai:tiny@{server}")
        yield provider
        provider.close()

    @pytest.fixture
    def sampling(self):
        return Sampling(temperature=0.0, max_tokens=24)

    @pytest.fixture
    def can(self, provider):
        # The API has vectors; a model that is made to chat has one for each token.
        return replace(able(provider), embeds=False)


@pytest.fixture
def provider(plugwright_host, server):
    plugwright_host.take_in(plugwright_openai, "openai")
    provider = plugwright_host.provider(f"openai:tiny@{server}")
    yield provider
    provider.close()


ASKED = Request(
    role="r",
    template="t/1",
    messages=(Message("user", "What is a half?"),),
    sampling=Sampling(temperature=0.0, seed=1, max_tokens=30),
)


def test_its_answer_has_usage_model_and_finish(provider):
    answer = provider.complete(ASKED)

    assert answer.model == "tiny"
    assert answer.tokens_in > len("What is a half?")
    assert answer.tokens_out > 0
    assert answer.finish in (Finish.LENGTH, Finish.STOP)


def test_it_comes_in_pieces_before_it_ends(provider):
    events = [*streamed(provider, ASKED)]

    assert len([event for event in events if isinstance(event, Piece)]) > 3
    assert 0 < events[-1].completion.waited < events[-1].completion.seconds


def test_a_schema_is_obeyed_by_random_weights(provider):
    schema = {
        "type": "object",
        "properties": {"answer": {"enum": ["yes", "no"]}},
        "required": ["answer"],
        "additionalProperties": False,
    }

    answer = provider.complete(replace(ASKED, schema=schema))

    assert answer.text.replace(" ", "") in ('{"answer":"yes"}', '{"answer":"no"}')


def test_too_long_says_what_would_fit(provider):
    long = replace(ASKED, messages=(Message("user", "half " * CONTEXT),))

    with pytest.raises(TooLong) as caught:
        provider.complete(long)

    assert caught.value.context == CONTEXT
    assert caught.value.tokens > CONTEXT


def test_a_vector_for_each_token_is_none_for_the_text(provider):
    with pytest.raises(Malformed, match="made for vectors"):
        provider.embed(["a half"])


def test_a_wish_stops_the_engine_and_it_answers_the_next(provider):
    cancel = Cancel()
    # Bytes that are no text take this server long, so this is never ready in time.
    long = replace(ASKED, sampling=Sampling(temperature=0.0, max_tokens=200))
    threading.Timer(0.1, cancel.wish).start()

    found = [*streamed(provider, long, cancel)]

    assert isinstance(found[-1], Done)
    assert found[-1].completion.finish is Finish.CANCELLED
    assert collected(streamed(provider, ASKED)).finish is not Finish.CANCELLED
