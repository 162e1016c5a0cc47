"""A model and its context in the library. Only its worker's thread may touch it."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from plugwright.errors import Unavailable, UsageError
from plugwright_llamacpp.forecast import BATCH, Forecast
from plugwright_llamacpp.header import Header
from plugwright_llamacpp.library import (
    buffers,
    complaint,
    library,
    listening,
    stop_button,
)
from plugwright_llamacpp.options import Options

_KINDS = {"f32": 0, "f16": 1, "bf16": 30, "q8_0": 8, "q4_0": 2}
_SWITCH = {"auto": -1, "off": 0, "on": 1}
_MAPPED, _READ = 1, 0
_MEAN = 1
LONGEST_PIECE = 4096
ABORTED = 2
NO_ROOM = 1


class Cancelled(Exception):
    """Somebody pressed the button while tokens were read."""


class NoRoom(Exception):
    """The context has no cells left."""


@dataclass(frozen=True, kw_only=True)
class Footprint:
    """Bytes that a loaded model holds, by the library's own account."""

    private: int
    reclaimable: int
    """Pages of the file: the system takes them back when others need memory."""
    buffers: dict[str, int]


def ends(header: Header) -> tuple[str, str]:
    """Give how a model's first and last token are written; its weights stay outside.

    Raises UsageError where the library does not know such a model.
    """
    lib = library()
    settings = lib.llama_model_default_params()
    settings.n_gpu_layers = 0
    settings.no_alloc = True  # all is looked up, and nothing is read
    settings.load_mode = _READ
    with listening() as lines:
        model = lib.llama_model_load_from_file(str(header.path).encode(), settings)
    if not model:
        raise _cannot_load(header, lines)
    try:
        vocab = lib.llama_model_get_vocab(model)
        tokens = (lib.llama_vocab_bos(vocab), lib.llama_vocab_eos(vocab))
        first, last = (_written(lib, vocab, int(token)) for token in tokens)
    finally:
        lib.llama_model_free(model)
    return first, last


def _cannot_load(header: Header, lines: list[str]) -> UsageError:
    return UsageError(
        f"`{header.path}` cannot be loaded: {complaint(lines)}",
        remedy="get another file of the model, or a newer `llama-cpp-python`",
    )


def _written(lib: Any, vocab: Any, token: int) -> str:
    if token < 0:
        return ""
    return _spelled(lib, vocab, token, special=True).decode("utf-8", "replace")


def _spelled(lib: Any, vocab: Any, token: int, *, special: bool) -> bytes:
    buffer = ctypes.create_string_buffer(LONGEST_PIECE)
    length = lib.llama_token_to_piece(vocab, token, buffer, LONGEST_PIECE, 0, special)
    return buffer.raw[: max(length, 0)]


class Engine:
    """Weights, context and vocabulary; `close` frees them in the right order."""

    def __init__(self, header: Header, options: Options, plan: Forecast) -> None:
        self.header = header
        self.options = options
        self._lib = lib = library()
        self.name = f"gguf:{header.path}"
        self._model = self._context = self._adapter = self._embedder = None
        self._pieces: dict[int, bytes | None] = {}
        try:
            with listening() as lines:
                self._load(plan, lines)
            self._sizes = buffers(lines)
        except BaseException:
            self.close()
            raise
        self._memory = lib.llama_get_memory(self._context)
        self._batch = lib.llama_batch_init(BATCH, 0, 1)
        self.cells = int(lib.llama_n_ctx(self._context))
        self.bos = int(lib.llama_vocab_bos(self._vocab))
        self.eos = int(lib.llama_vocab_eos(self._vocab))
        self._threads = 0

    def _load(self, plan: Forecast, lines: list[str]) -> None:
        lib = self._lib
        self._model = lib.llama_model_load_from_file(
            str(self.header.path).encode(), self._model_settings(plan)
        )
        if not self._model:
            raise _cannot_load(self.header, lines)
        self._vocab = lib.llama_model_get_vocab(self._model)
        settings = self._context_settings(plan)
        self._stop, self.button = stop_button()
        settings.abort_callback = self._stop
        settings.abort_callback_data = ctypes.addressof(self.button)
        self._context = lib.llama_init_from_model(self._model, settings)
        if not self._context:
            raise Unavailable(
                self.name,
                f"a context of {plan.context} tokens cannot be made: "
                f"{complaint(lines)}",
                remedy="open it with a smaller `?context=`",
            )
        self._adapt()

    def _model_settings(self, plan: Forecast) -> Any:
        settings = self._lib.llama_model_default_params()
        settings.n_gpu_layers = 0
        settings.use_extra_bufts = plan.repacked
        # Repacked weights are copies: mapped, the file would be held beside them.
        settings.load_mode = _READ if plan.repacked else _MAPPED
        return settings

    def _context_settings(self, plan: Forecast) -> Any:
        options = self.options
        settings = self._lib.llama_context_default_params()
        settings.n_ctx = plan.context
        settings.n_batch = settings.n_ubatch = min(BATCH, plan.context)
        settings.n_seq_max = options.seats
        # One output per batch: the library would keep room for the logits of all.
        settings.n_outputs_max = options.seats
        settings.kv_unified = True  # sequences share cells, and copies cost nothing
        settings.swa_full = True
        settings.type_k = settings.type_v = _KINDS[options.kv]
        settings.flash_attn_type = _SWITCH[options.flash]
        settings.rope_freq_base = options.rope_base
        settings.rope_freq_scale = options.rope_scale
        settings.no_perf = True
        return settings

    def _adapt(self) -> None:
        if not self.options.lora:
            return
        lib = self._lib
        self._adapter = lib.llama_adapter_lora_init(
            self._model, self.options.lora.encode()
        )
        if not self._adapter:
            raise UsageError(
                f"`{self.options.lora}` is no adapter for `{self.header.path.name}`",
                remedy="give the adapter that was made for this model",
            )
        adapters = (lib.llama_adapter_lora_p_ctypes * 1)(self._adapter)
        scales = (ctypes.c_float * 1)(self.options.lora_scale)
        lib.llama_set_adapters_lora(self._context, adapters, 1, scales)

    def close(self) -> None:
        """Free everything; a second time does nothing."""
        lib = self._lib
        if self._embedder:
            lib.llama_free(self._embedder)
        if self._context:
            lib.llama_free(self._context)
            if hasattr(self, "_batch"):
                lib.llama_batch_free(self._batch)
        if self._model:
            lib.llama_model_free(self._model)  # its adapters too
        self._model = self._context = self._adapter = self._embedder = None

    @property
    def footprint(self) -> Footprint:
        mapped = sum(n for name, n in self._sizes.items() if "_Mapped" in name)
        return Footprint(
            private=sum(self._sizes.values()) - mapped,
            reclaimable=mapped,
            buffers=dict(self._sizes),
        )

    @property
    def vocab(self) -> Any:
        return self._vocab

    @property
    def context(self) -> Any:
        return self._context

    def use_threads(self, count: int) -> None:
        """Compute with so many threads from now on."""
        if count != self._threads:
            self._threads = count
            self._lib.llama_set_n_threads(self._context, count, count)

    # Text and tokens.

    def tokens(self, text: str, *, start: bool, control: bool = True) -> list[int]:
        """Turn text into tokens; `start` puts before it what the model begins with."""
        data = text.encode("utf-8", "replace")
        size = len(data) + 8
        found = (ctypes.c_int32 * size)()
        count = self._lib.llama_tokenize(
            self._vocab, data, len(data), found, size, start, control
        )
        if count < 0:  # more tokens than bytes: it told how many
            size = -count
            found = (ctypes.c_int32 * size)()
            count = self._lib.llama_tokenize(
                self._vocab, data, len(data), found, size, start, control
            )
        return list(found[: max(count, 0)])

    def piece(self, token: int) -> bytes | None:
        """Give a token's bytes; `None` if it ends the answer."""
        try:
            return self._pieces[token]
        except KeyError:
            return self._pieces.setdefault(token, self._read_piece(token))

    def _read_piece(self, token: int) -> bytes | None:
        if self._lib.llama_vocab_is_eog(self._vocab, token):
            return None
        return _spelled(self._lib, self._vocab, token, special=False)

    def text_of(self, token: int) -> str:
        """Give how a token that steers is written; empty if there is none."""
        return _written(self._lib, self._vocab, token)

    @property
    def can_end(self) -> bool:
        """Whether any token ends an answer."""
        lib = self._lib
        ends = (lib.llama_vocab_eos(self._vocab), lib.llama_vocab_eot(self._vocab))
        return any(
            each >= 0 and lib.llama_vocab_is_eog(self._vocab, each) for each in ends
        )

    # Reading.

    def read(self, seat: int, tokens: Sequence[int], start: int) -> None:
        """Evaluate tokens of a sequence from a position on; the last gives logits."""
        for at in range(0, len(tokens), BATCH):
            part = tokens[at : at + BATCH]
            self._fill(seat, part, start + at)
            self._batch.logits[len(part) - 1] = at + len(part) == len(tokens)
            self._decode()

    def _fill(self, seat: int, tokens: Sequence[int], start: int) -> None:
        batch = self._batch
        batch.n_tokens = len(tokens)
        for index, token in enumerate(tokens):
            batch.token[index] = token
            batch.pos[index] = start + index
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = seat
            batch.logits[index] = 0

    def read_one(self, token: int, position: int) -> None:
        """Evaluate one more token of the sequence that was read last."""
        batch = self._batch
        batch.n_tokens = 1
        batch.token[0] = token
        batch.pos[0] = position
        batch.logits[0] = 1
        self._decode()

    def _decode(self) -> None:
        code = self._lib.llama_decode(self._context, self._batch)
        if code == 0:
            return
        if code == ABORTED:
            raise Cancelled
        if code == NO_ROOM:
            raise NoRoom
        raise Unavailable(
            self.name,
            f"the library could not compute (its code is {code})",
            remedy="close the model and open it again",
        )

    # What is kept of sequences.

    def forget(self, seat: int, start: int = 0) -> bool:
        """Drop a sequence from a position on; tells whether it could be."""
        if start == 0:
            self._lib.llama_memory_seq_rm(self._memory, seat, -1, -1)
            return True
        return bool(self._lib.llama_memory_seq_rm(self._memory, seat, start, -1))

    def copy(self, source: int, target: int, end: int) -> None:
        """Let a sequence begin as another does; they share the cells."""
        self._lib.llama_memory_seq_cp(self._memory, source, target, 0, end)

    def length(self, seat: int) -> int:
        """Tell how many positions a sequence has."""
        return int(self._lib.llama_memory_seq_pos_max(self._memory, seat)) + 1

    def save(self, seat: int, tokens: Sequence[int], path: str) -> int:
        """Write a sequence to a file; gives its bytes, or zero if that failed."""
        known = (ctypes.c_int32 * len(tokens))(*tokens)
        return int(
            self._lib.llama_state_seq_save_file(
                self._context, path.encode(), seat, known, len(tokens)
            )
        )

    def load(self, seat: int, path: str, most: int) -> list[int] | None:
        """Read a sequence from a file; gives its tokens, or `None` if that failed."""
        tokens = (ctypes.c_int32 * most)()
        count = ctypes.c_size_t(0)
        done = self._lib.llama_state_seq_load_file(
            self._context, path.encode(), seat, tokens, most, ctypes.byref(count)
        )
        return list(tokens[: count.value]) if done else None

    # Vectors.

    def vector(self, text: str) -> list[float]:
        """Turn a text into a vector of length one."""
        lib = self._lib
        if self._embedder is None:
            self._embedder = self._make_embedder()
        size = int(lib.llama_n_batch(self._embedder))
        tokens = self.tokens(text, start=True, control=False)[:size] or [
            max(self.bos, 0)
        ]
        memory = lib.llama_get_memory(self._embedder)
        if memory:
            lib.llama_memory_clear(memory, True)
        batch = lib.llama_batch_init(len(tokens), 0, 1)
        try:
            batch.n_tokens = len(tokens)
            for index, token in enumerate(tokens):
                batch.token[index] = token
                batch.pos[index] = index
                batch.n_seq_id[index] = 1
                batch.seq_id[index][0] = 0
                batch.logits[index] = 1
            code = lib.llama_decode(self._embedder, batch)
        finally:
            lib.llama_batch_free(batch)
        found = None if code else lib.llama_get_embeddings_seq(self._embedder, 0)
        if not found:
            raise Unavailable(
                self.name, f"the library gave no vector (its code is {code})"
            )
        width = int(lib.llama_model_n_embd_out(self._model))
        vector = np.ctypeslib.as_array(found, (width,)).astype(np.float64)
        length = float(np.linalg.norm(vector))
        return [float(each) for each in vector / (length or 1.0)]

    def _make_embedder(self) -> Any:
        lib = self._lib
        settings = lib.llama_context_default_params()
        trained = self.header.trained_context or BATCH
        # What is not causal has to be read in one go.
        settings.n_ctx = settings.n_batch = settings.n_ubatch = min(trained, 2048)
        settings.n_seq_max = 1
        settings.embeddings = True
        settings.no_perf = True
        settings.abort_callback = self._stop
        settings.abort_callback_data = ctypes.addressof(self.button)
        if self.header.number("pooling_type", 0) == 0:
            settings.pooling_type = _MEAN
        with listening() as lines:
            embedder = lib.llama_init_from_model(self._model, settings)
        if not embedder:
            raise Unavailable(self.name, f"no vectors can be made: {complaint(lines)}")
        taken = buffers(lines).items()
        self._sizes.update((f"vectors {name}", size) for name, size in taken)
        return embedder
