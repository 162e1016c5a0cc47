"""Writes a model that is real in shape, and small: 2 layers of random weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import gguf
import numpy as np

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CONTROL = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>")
WIDTH = 64
LAYERS = 2
HEADS = 4
INNER = 128


def write_model(
    path: Path,
    *,
    template: str | None = CHATML,
    architecture: str = "llama",
    context: int = 8192,
    seed: int = 0,
    name: str = "tiny",
    layers: int = LAYERS,
    heads: int = HEADS,
    ends: bool = False,
    quantized: bool = False,
    damaged: bool = False,
    lacks: int = 0,
    without: Sequence[str] = (),
    extra: Mapping[str, int] | None = None,
) -> Path:
    """Write a GGUF file with a vocabulary of bytes; gives the path back.

    A model that does not end by itself goes on until it has to stop.
    """
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(name)
    writer.add_context_length(context)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(heads)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    for key, value in (extra or {}).items():
        writer.add_uint32(key, value)
    size = _add_vocabulary(writer, 256 - lacks)
    if template is not None:
        writer.add_chat_template(template)
    for tensor, values in _tensors(size, layers, np.random.default_rng(seed), ends):
        if tensor in without:
            continue
        if damaged and tensor == "output.weight":
            values = values * np.float32("nan")
        if quantized and values.ndim == 2:
            kind = gguf.GGMLQuantizationType.Q4_0
            writer.add_tensor(tensor, gguf.quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(tensor, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_vocabulary(writer: gguf.GGUFWriter, count: int) -> int:
    tokens = [each.encode() for each in CONTROL]
    types = [gguf.TokenType.UNKNOWN] + [gguf.TokenType.CONTROL] * (len(CONTROL) - 1)
    tokens += [f"<0x{byte:02X}>".encode() for byte in range(count)]
    types += [gguf.TokenType.BYTE] * count
    tokens.append("▁".encode())
    types.append(gguf.TokenType.NORMAL)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(4)
    writer.add_add_space_prefix(False)
    writer.add_add_bos_token(True)
    return len(tokens)


def _tensors(
    vocabulary: int, layers: int, random: np.random.Generator, ends: bool
) -> list[tuple[str, np.ndarray]]:
    def weights(*shape: int) -> np.ndarray:
        return (random.standard_normal(shape) * 0.5).astype(np.float32)

    ones = np.ones(WIDTH, dtype=np.float32)
    tensors = [("token_embd.weight", weights(vocabulary, WIDTH))]
    for layer in range(layers):
        tensors += [
            (f"blk.{layer}.attn_norm.weight", ones),
            (f"blk.{layer}.ffn_norm.weight", ones),
            *(
                (f"blk.{layer}.attn_{part}.weight", weights(WIDTH, WIDTH))
                for part in ("q", "k", "v", "output")
            ),
            (f"blk.{layer}.ffn_gate.weight", weights(INNER, WIDTH)),
            (f"blk.{layer}.ffn_up.weight", weights(INNER, WIDTH)),
            (f"blk.{layer}.ffn_down.weight", weights(WIDTH, INNER)),
        ]
    output = weights(vocabulary, WIDTH)
    if not ends:
        output[: len(CONTROL)] = 0
    return [*tensors, ("output_norm.weight", ones), ("output.weight", output)]


def write_adapter(path: Path) -> Path:
    """Write an adapter that changes much; gives the path back."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 8.0)
    random = np.random.default_rng(9)
    for part, shape in (("a", (4, WIDTH)), ("b", (WIDTH, 4))):
        values = random.standard_normal(shape).astype(np.float32)
        writer.add_tensor(f"blk.0.attn_v.weight.lora_{part}", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
