"""What a model needs is known before it is loaded, and refused if it is too much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_gguf import write_model

from plugwright.errors import UsageError
from plugwright_llamacpp.forecast import forecast
from plugwright_llamacpp.header import Header, read_header
from plugwright_llamacpp.library import buffers
from plugwright_llamacpp.options import Options
from plugwright_llamacpp.provider import LocalModel

Open = Callable[..., LocalModel]
PLENTY = 1 << 50


def seven_billion(tiny: Path) -> Header:
    """A model as people have them, of which only the header is there."""
    return replace(
        read_header(tiny),
        sizes=(4 << 30,),
        repackable=4 << 30,
        counts={"tokenizer.ggml.tokens": 32_000},
        values={
            "general.architecture": "llama",
            "llama.block_count": 32,
            "llama.embedding_length": 4096,
            "llama.feed_forward_length": 14_336,
            "llama.attention.head_count": 32,
            "llama.attention.head_count_kv": 8,
            "llama.context_length": 32_768,
        },
    )


def test_a_context_costs_what_its_cells_do(tiny: Path) -> None:
    header = seven_billion(tiny)

    plan = forecast(header, Options(context=4096), PLENTY)

    assert plan.kv == 4096 * 32 * 8 * (128 + 128) * 2
    assert plan.weights == 4 << 30


def test_a_context_is_a_whole_number_of_cells(tiny: Path) -> None:
    header = seven_billion(tiny)

    assert forecast(header, Options(context=1), PLENTY).context == 256
    assert forecast(header, Options(context=257), PLENTY).context == 512
    assert forecast(header, Options(), PLENTY).context == 8192


def test_a_coarser_context_costs_half(tiny: Path) -> None:
    header = seven_billion(tiny)
    fine = forecast(header, Options(context=4096), PLENTY)
    coarse = forecast(header, Options(context=4096, kv="q8_0"), PLENTY)

    assert coarse.kv == pytest.approx(fine.kv * 34 / 64)


def test_layers_of_different_kinds_are_added_up(tiny: Path) -> None:
    header = seven_billion(tiny)
    values = {
        **header.values,
        "llama.attention.head_count_kv": (8, 0, 0, 0) * 8,
        "llama.ssm.inner_size": 8192,
        "llama.ssm.state_size": 16,
        "llama.ssm.conv_kernel": 4,
    }

    plan = forecast(replace(header, values=values), Options(context=4096), PLENTY)

    attention = 4096 * 8 * 8 * (128 + 128) * 2
    assert plan.kv == attention + 24 * 4 * 4 * (3 * 8192 + 16 * 8192)


def test_what_does_not_fit_is_refused_in_one_sentence(tiny: Path) -> None:
    with pytest.raises(UsageError) as caught:
        forecast(seven_billion(tiny), Options(context=32_768), 6 << 30)

    assert "needs 8" in caught.value.message
    assert "models may take 6144 MB" in caught.value.message
    assert "`?context=2048`" in caught.value.remedy


def test_an_open_context_shrinks_to_what_fits(tiny: Path) -> None:
    plan = forecast(seven_billion(tiny), Options(), int(4.9 * (1 << 30)))

    assert plan.context == 4096
    assert plan.total <= int(4.9 * (1 << 30))


def test_repacked_weights_are_private(tiny: Path) -> None:
    header = seven_billion(tiny)
    mapped = forecast(header, Options(repack="off"), PLENTY)
    packed = forecast(header, Options(repack="auto"), PLENTY)

    assert (mapped.repacked, packed.repacked) == (False, True)
    assert mapped.reclaimable == packed.private - mapped.private == 4 << 30


def test_the_forecast_is_near_to_what_the_library_takes(open_model: Open) -> None:
    model = open_model("context=4096&flash=on")
    plan, found = model.model.plan, model.footprint

    assert found is not None
    assert found.buffers["CPU KV"] == plan.kv
    assert found.reclaimable == pytest.approx(plan.weights, rel=0.1)
    assert found.private <= plan.private <= found.private * 3


def test_repacking_is_chosen_for_each_load(open_model: Open, tmp_path: Path) -> None:
    path = write_model(tmp_path / "q4.gguf", quantized=True)

    packed = open_model("context=256&repack=on", path).footprint
    mapped = open_model("context=256&repack=off", path).footprint

    assert packed is not None
    assert mapped is not None
    assert any("REPACK" in name for name in packed.buffers)
    assert not any("REPACK" in name for name in mapped.buffers)
    assert (packed.reclaimable, mapped.reclaimable > 0) == (0, True)


def test_sizes_are_read_from_what_the_library_says() -> None:
    lines = [
        "load_tensors:   CPU_Mapped model buffer size =  4165.37 MiB\n",
        "load_tensors:   CPU_REPACK model buffer size =  3204.00 MiB\n",
        "llama_kv_cache:        CPU KV buffer size =   512.00 MiB\n",
        "sched_reserve:        CPU compute buffer size =     5.00 MiB\n",
        "sched_reserve:        CPU compute buffer size =     6.00 MiB\n",
    ]

    assert buffers(lines) == {
        "CPU_Mapped model": int(4165.37 * (1 << 20)),
        "CPU_REPACK model": 3204 << 20,
        "CPU KV": 512 << 20,
        "CPU compute": 6 << 20,
    }
