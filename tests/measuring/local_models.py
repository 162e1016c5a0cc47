"""What a token costs over the library's own loop, and that memory comes back.

The model is tiny, of random weights: the smaller it is, the more weighs what is ours.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from measuring.figures import Figure, Timed, in_turn, seconds
from plugwright.providers import Cancel, Message, Request, Sampling

LENGTHS = (500, 1000, 2000, 4000)
ROUNDS = 7
LOADS = 100
WARM = 40
"""Loads after which the library has all that it makes once and keeps."""
MICRO, MEBI = 1e-6, 1 << 20
LONG = "Tell me of halves. " * 40
NEEDED = ("llama_cpp", "gguf", "plugwright_llamacpp")
WRITER = Path(__file__, "../../../hostplugins/llamacpp/tests/tiny_gguf.py").resolve()


def figures() -> Iterator[Figure]:
    """All of it, if llama.cpp is installed."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        print(f"local models are not measured: no {', '.join(missing)}", flush=True)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = _writer().write_model(Path(folder) / "tiny.gguf")
        yield from _tokens(path)
        yield _loading(path)
        yield from _restoring(path, Path(folder) / "state")


def _writer() -> Any:
    """The module with which the plugin's own tests write their models."""
    spec = importlib.util.spec_from_file_location("tiny_gguf", WRITER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _tokens(path: Path) -> Iterator[Figure]:
    from llama_cpp import Llama

    from plugwright_llamacpp.models import Models
    from plugwright_llamacpp.options import Options
    from plugwright_llamacpp.provider import LocalModel

    # All alike: one thread, no flash attention, one sequence.
    options = Options(context=8192, threads=1, repack="off", seats=1, flash="off")
    with (
        closing(Models()) as models,
        closing(
            Llama(str(path), n_ctx=8192, n_threads=1, n_threads_batch=1, verbose=False)
        ) as theirs,
    ):
        ours = LocalModel(models.lease(path, options))
        prompt = theirs.tokenize(b"hello")

        def generate(count: int) -> None:
            tokens = theirs.generate(prompt, temp=0.0)
            for _ in range(count):
                next(tokens)

        def complete(count: int) -> None:
            assert ours.complete(_asking("hello", count)).tokens_out == count

        def stream(count: int) -> None:
            for _ in ours.stream(_asking("hello", count), Cancel()):
                pass

        works = (generate, complete, stream)
        for count in LENGTHS:
            yield from _over(count, works)


def _over(count: int, works: tuple[Callable[[int], None], ...]) -> Iterator[Figure]:
    work_of: dict[str, list[float]] = {work.__name__: [] for work in works}

    def timed(work: Callable[[int], None]) -> Timed:
        def once() -> float:
            before = time.process_time()
            taken = seconds(lambda: work(count))
            work_of[work.__name__].append(time.process_time() - before)
            return taken / count / MICRO

        return once

    times = in_turn({work.__name__: timed(work) for work in works}, ROUNDS)
    # Whatever else the machine does makes a token longer, never shorter.
    best = {name: min(taken) for name, taken in times.items()}
    work = {name: min(taken) / count / MICRO for name, taken in work_of.items()}
    yield Figure(
        f"a token of {count:,}, over `generate`",
        best["stream"] - best["generate"],
        "µs",
        promised=25.0,
        note=f"`generate` {best['generate']:.0f}, complete {best['complete']:.0f},"
        f" stream {best['stream']:.0f} µs (of the processor, both threads:"
        f" {work['stream'] - work['generate']:.0f} µs over it)",
    )


def _loading(path: Path) -> Figure:
    from plugwright_llamacpp.memory import memory_of
    from plugwright_llamacpp.models import Models
    from plugwright_llamacpp.options import Options
    from plugwright_llamacpp.provider import LocalModel

    models = Models()

    def once() -> None:
        model = LocalModel(models.lease(path, Options(context=1024, threads=1)))
        model.complete(_asking("hello", 2))
        model.close()

    def private() -> int:
        memory = memory_of()
        return memory.private if memory else 0

    for _ in range(WARM):
        once()
    before = private()
    taken = seconds(lambda: [once() for _ in range(LOADS)])
    grown = private() - before
    return Figure(
        f"private memory after {LOADS} loads and closes",
        grown / MEBI,
        "MB",
        promised=1.0,
        note=f"{taken / LOADS * 1e3:.0f} ms each, with an answer",
    )


def _restoring(path: Path, state: Path) -> Iterator[Figure]:
    from plugwright_llamacpp.models import Models
    from plugwright_llamacpp.options import Options
    from plugwright_llamacpp.provider import LocalModel

    options = Options(context=2048, threads=1)
    first = _asking(LONG, 1)
    turns = (Message("assistant", "One of two."), Message("user", "And thirds?"))
    later = replace(_asking(LONG, 60), messages=(*first.messages, *turns))
    with closing(Models()) as models:
        fresh = LocalModel(models.lease(path, options))
        told = fresh.complete(later)
        fresh.close()
        before = LocalModel(models.lease(path, options))
        before.complete(first)
        saved = before.save_state("bench", state)
        before.close()
        after = LocalModel(models.lease(path, options))
        taken = seconds(lambda: after.restore_state("bench", state))
        resumed = after.complete(later)
    read = resumed.tokens_in - resumed.tokens_cached
    new = resumed.tokens_in - saved.tokens
    yield Figure(
        "restored context, old tokens read again",
        read - new,
        "",
        promised=0.0,
        note=f"{read} read of {resumed.tokens_in}; {taken * 1e3:.1f} ms to restore"
        f" {saved.size / MEBI:.1f} MB",
    )
    yield Figure(
        "restored context, greedy texts that differ",
        float(resumed.text != told.text),
        "",
        promised=0.0,
        note=f"of {told.tokens_out} tokens, against reading everything",
    )


def _asking(text: str, count: int) -> Request:
    return Request(
        role="bench",
        template="bench/1",
        messages=(Message("user", text),),
        sampling=Sampling(temperature=0.0, max_tokens=count),
    )
