"""What spans say of a question and of its answer, apart from their words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugwright.providers import Completion, Request, Sampling
from plugwright_telemetry import conventions as named
from plugwright_telemetry.content import clean


def of_request(request: Request) -> dict[str, Any]:
    """Say what a request asks for."""
    about = of_sampling(request.sampling, is_json=request.schema is not None)
    about[named.SEED] = request.sampling.seed
    if request.sampling.stop:
        about[named.STOP_SEQUENCES] = request.sampling.stop
    return about


def of_sampling(sampling: Sampling, *, is_json: bool) -> dict[str, Any]:
    """Say how an answer is wished for."""
    about: dict[str, Any] = {
        named.TEMPERATURE: sampling.temperature,
        named.MAX_TOKENS: sampling.max_tokens,
    }
    if is_json:
        about[named.OUTPUT_TYPE] = named.JSON_OUTPUT
    return about


def of_completion(completion: Completion) -> dict[str, Any]:
    """Say what became of it."""
    about: dict[str, Any] = {
        named.FINISH_REASONS: (named.FINISHES[completion.finish],),
        **of_usage(
            completion.tokens_in, completion.tokens_out, completion.tokens_cached
        ),
    }
    if completion.model:
        about[named.RESPONSE_MODEL] = answering(completion)
    return about


def answering(completion: Completion) -> str:
    """Name the model that answered."""
    return clean(named.model(completion.model))


def of_usage(tokens_in: int, tokens_out: int, cached: int) -> Mapping[str, int]:
    """Say how many tokens it took; none is that the provider does not count."""
    names = (named.INPUT_TOKENS, named.OUTPUT_TOKENS, named.CACHED_TOKENS)
    counts = zip(names, (tokens_in, tokens_out, cached), strict=True)
    return {name: tokens for name, tokens in counts if tokens}
