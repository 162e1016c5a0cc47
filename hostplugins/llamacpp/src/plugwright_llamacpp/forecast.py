"""How much memory a model will need, before it is loaded."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from plugwright.amounts import size_in_words
from plugwright.errors import UsageError
from plugwright_llamacpp.header import Header
from plugwright_llamacpp.options import Options

DEFAULT_CONTEXT = 8192
CELLS = 256
"""A context is a whole number of these."""
BATCH = 512
"""Tokens that are read at once."""
SHARE = 0.8
"""How much of the free memory models may take, if nobody says."""
_BYTES = {"f32": 4.0, "f16": 2.0, "bf16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}


@dataclass(frozen=True, kw_only=True)
class Forecast:
    """Bytes that a model will need."""

    weights: int
    kv: int
    compute: int
    context: int
    repacked: bool
    """Whether the weights are ordered anew, and belong to the process then."""

    @property
    def total(self) -> int:
        return self.weights + self.kv + self.compute

    @property
    def private(self) -> int:
        """What the system cannot take back while the model is loaded."""
        return self.kv + self.compute + (self.weights if self.repacked else 0)

    @property
    def reclaimable(self) -> int:
        """Pages of the file, which the system drops and reads again as it likes."""
        return 0 if self.repacked else self.weights

    def in_words(self) -> str:
        parts = (("weights", self.weights), ("context", self.kv))
        said = ", ".join(f"{name} {size_in_words(size)}" for name, size in parts)
        return (
            f"{size_in_words(self.total)} ({said} for {self.context} tokens,"
            f" computing {size_in_words(self.compute)})"
        )


def forecast(header: Header, options: Options, budget: int) -> Forecast:
    """Foretell what a model needs; raises `UsageError` if that is over the budget.

    Where the options leave it open, takes the longest context up to 8,192 that fits,
    and repacks if the weights can be and it does.
    """
    trained = header.trained_context or DEFAULT_CONTEXT
    context = options.context or min(trained, DEFAULT_CONTEXT)
    repacks = options.repack == "on" or (
        options.repack == "auto" and header.repackable > header.weights // 2
    )
    found = _needs(header, options, context, repacks)
    # Repacked weights do not come from mapped pages, so they count once, not twice:
    # they are all that is loaded. What they cost is that they are never given back.
    while found.total > budget and not options.context and found.context > 2048:
        found = _needs(header, options, max(found.context // 2, 2048), repacks)
    if found.total <= budget:
        return found
    least = _needs(header, options, min(trained, 2048), repacks)
    fits = least.total <= budget
    raise UsageError(
        f"`{header.path.name}` needs {found.in_words()}, and models may take"
        f" {size_in_words(max(budget, 0))}",
        remedy=(f"with `?context={least.context}` it would fit" if fits else "")
        or "close other models, take a smaller one, or set `budget` under"
        " [plugins.llamacpp.settings] if the machine has more",
    )


def _needs(header: Header, options: Options, context: int, repacked: bool) -> Forecast:
    cells = -(-context // CELLS) * CELLS
    return Forecast(
        weights=header.weights,
        kv=_kv(header, options, cells),
        compute=_compute(header, options, cells),
        context=cells,
        repacked=repacked,
    )


def _kv(header: Header, options: Options, cells: int) -> int:
    if not header.answers:
        return 0
    layers = header.number("block_count")
    heads = header.numbers("attention.head_count", layers, 0)
    shared = header.numbers("attention.head_count_kv", layers) or heads
    if not any(shared) and not header.number("ssm.inner_size"):
        shared = heads
    width = header.number("embedding_length") // max(*heads, 1, 1)
    key = header.number("attention.key_length", width)
    value = header.number("attention.value_length", width)
    # A sliding window is kept whole (`swa_full`), or nothing could be read again.
    each = int(cells * (key + value) * _BYTES[options.kv])
    attention = sum(each * count for count in shared[:layers])
    return attention + _recurrent(header, options.seats, shared[:layers], layers)


def _recurrent(header: Header, seats: int, shared: tuple[int, ...], layers: int) -> int:
    """Count the state of layers that have no cells but one state for each role."""
    inner = header.number("ssm.inner_size")
    if not inner:
        return 0
    state = header.number("ssm.state_size")
    groups = header.number("ssm.group_count")
    kernel = max(header.number("ssm.conv_kernel") - 1, 0)
    floats = kernel * (inner + 2 * groups * state) + state * inner
    count = sum(1 for each in shared if not each) or layers
    return 4 * floats * count * seats


def _compute(header: Header, options: Options, cells: int) -> int:
    layers = header.number("block_count")
    width = header.number("embedding_length")
    heads = max((*header.numbers("attention.head_count", layers), 1))
    inner = max((*header.numbers("feed_forward_length", layers), width))
    batch = min(BATCH, cells)
    # The scores of every head against every cell; flash attention never holds them.
    scores = heads * cells * 4 if options.flash == "off" else heads * 4096
    mask = cells * 4
    return batch * (4 * (2 * inner + 6 * width) + scores + mask) + header.vocabulary * 4


def free_memory() -> int:
    """Tell how many bytes could be had now, without harm to others."""
    return min(_of_machine(), _of_group())


def default_budget() -> int:
    """Tell what models may take if nobody says."""
    return int(free_memory() * SHARE)


def _of_machine() -> int:
    try:
        for line in Path("/proc/meminfo").read_text("ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    try:  # no Linux: at least what there is at all
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 8 << 30


def _of_group() -> int:
    """Tell what a container has left; it does not see its limit in `meminfo`."""
    group = Path("/sys/fs/cgroup")
    try:
        limit = (group / "memory.max").read_text("ascii").strip()
        used = int((group / "memory.current").read_text("ascii"))
        lines = (group / "memory.stat").read_text("ascii").splitlines()
        stat = dict(line.split() for line in lines)
        files = int(stat.get("inactive_file", 0)) + int(stat.get("active_file", 0))
        return 1 << 62 if limit == "max" else int(limit) - used + files
    except (OSError, ValueError):
        return 1 << 62
