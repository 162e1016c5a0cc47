"""Chooses the next token, within a grammar if there is one."""

from __future__ import annotations

import ctypes
from types import TracebackType
from typing import Any

import numpy as np

from plugwright.errors import Malformed, UsageError
from plugwright.providers import Sampling
from plugwright_llamacpp.engine import Engine
from plugwright_llamacpp.library import library

TOP_K = 40
TOP_P = 0.95
MIN_P = 0.05
_RANDOM = 0xFFFFFFFF
"""The library takes this seed as a wish for a new one each time."""
_TOKEN = np.dtype([("id", "<i4"), ("logit", "<f4"), ("p", "<f4")])


class Sampler:
    """Chooses tokens for one answer.

    The library ends the whole process when a token is accepted that the grammar does
    not allow, as happens when it allows none. So a token is shown to the grammar before
    it is accepted, and if it must be another, only those that are allowed take part.
    """

    def __init__(
        self,
        engine: Engine,
        sampling: Sampling,
        grammar: str = "",
        wish: str = "schema",
    ) -> None:
        self._lib = lib = library()
        self._engine = engine
        self._wish = wish
        self._grammar = grammar_sampler(engine, grammar, wish) if grammar else None
        settings = lib.llama_sampler_chain_default_params()
        settings.no_perf = True
        self._chain = lib.llama_sampler_chain_init(settings)
        for each in _steps(lib, sampling):
            lib.llama_sampler_chain_add(self._chain, each)
        self._one = _Candidates(lib, 1)
        self._all: _Candidates | None = None

    def __enter__(self) -> Sampler:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._lib.llama_sampler_free(self._chain)
        if self._grammar:
            self._lib.llama_sampler_free(self._grammar)
        self._chain = self._grammar = None

    def choose(self) -> int:
        """Choose after the token that was read last."""
        token = int(
            self._lib.llama_sampler_sample(self._chain, self._engine.context, -1)
        )
        if self._grammar is None:
            return token
        if not self._allows(token):
            token = self._choose_within()
        self._lib.llama_sampler_accept(self._grammar, token)
        return token

    def _allows(self, token: int) -> bool:
        self._one.values[0] = (token, 1.0, 0.0)
        self._one.apply(self._grammar)
        return bool(self._one.values["logit"][0] != -np.inf)

    def _choose_within(self) -> int:
        logits = self._lib.llama_get_logits_ith(self._engine.context, -1)
        size = int(self._lib.llama_vocab_n_tokens(self._engine.vocab))
        every = self._all = self._all or _Candidates(self._lib, size)
        every.values["id"] = np.arange(size)
        every.values["logit"] = np.ctypeslib.as_array(logits, (size,))
        every.apply(self._grammar)
        if not np.isfinite(every.values["logit"]).any():
            raise Malformed(
                self._engine.name,
                f"its vocabulary has no token that the {self._wish} allows here",
                remedy=f"ask with a simpler {self._wish}, or take another model",
            )
        every.apply(self._chain)
        return every.selected()


class _Candidates:
    """Tokens to choose from, where the library can see them."""

    def __init__(self, lib: Any, size: int) -> None:
        self._lib = lib
        self.values = np.zeros(size, dtype=_TOKEN)
        self._data = self.values.ctypes.data_as(lib.llama_token_data_p)
        self._array = lib.llama_token_data_array()

    def apply(self, sampler: Any) -> None:
        if self._array.size != len(self.values):
            self._array.data = self._data
            self._array.size = len(self.values)
        self._array.selected = -1
        self._array.sorted = False
        self._lib.llama_sampler_apply(sampler, ctypes.byref(self._array))

    def selected(self) -> int:
        index = self._array.selected
        token = int(self._array.data[index if index >= 0 else 0].id)
        self._array.size = 0  # the chain shortened it
        return token


def grammar_sampler(engine: Engine, grammar: str, wish: str = "schema") -> Any:
    """Make a sampler of a grammar; an invalid one is refused here, and goes nowhere."""
    if not engine.can_end:
        raise UsageError(
            f"`{engine.header.path.name}` has no token that ends an answer, so none"
            f" can follow a {wish}",
            remedy=f"ask without a {wish}",
        )
    # Without rules the library takes it, and then allows everything.
    is_text = "::=" in grammar and "\0" not in grammar
    made = is_text and library().llama_sampler_init_grammar(
        engine.vocab, grammar.encode("utf-8", "replace"), b"root"
    )
    if not made and wish == "grammar":
        raise UsageError(
            "llama.cpp refuses the grammar",
            remedy="correct it: it is GBNF, its first rule is `root`, and no rule"
            " begins with itself",
        )
    if not made:
        raise UsageError(
            "the schema makes a grammar that llama.cpp refuses",
            remedy="simplify the schema: fewer alternatives, smaller limits, and no"
            " reference that leads to itself",
        )
    return made


def _steps(lib: Any, sampling: Sampling) -> list[Any]:
    if sampling.temperature <= 0:
        return [lib.llama_sampler_init_greedy()]
    seed = sampling.seed & 0xFFFFFFFF
    return [
        lib.llama_sampler_init_top_k(TOP_K),
        lib.llama_sampler_init_top_p(TOP_P, 1),
        lib.llama_sampler_init_min_p(MIN_P, 1),
        lib.llama_sampler_init_temp(sampling.temperature),
        lib.llama_sampler_init_dist(seed if seed != _RANDOM else seed - 1),
    ]
