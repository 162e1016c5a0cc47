"""The C library: loaded when it is first needed, quiet, and listened to."""

from __future__ import annotations

import ctypes
import logging
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from plugwright.errors import Unavailable

log = logging.getLogger("plugwright.llamacpp")

_BUFFER = re.compile(
    r"(\w+)\s+(model|KV|RS|compute|output)\s+buffer size\s*=\s*([\d.]+) MiB"
)
_listening: dict[int, list[str]] = {}
_kept: list[Any] = []
"""What the library may call at any time, so it must never be collected."""
_loading = threading.Lock()


@lru_cache(maxsize=1)
def _library() -> Any:
    try:
        import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:
        raise Unavailable(
            "gguf",
            f"llama.cpp cannot be loaded: {error}",
            remedy="install `llama-cpp-python` again, built for this machine",
        ) from None
    heard = llama_cpp.llama_log_callback(_hear)
    _kept.append(heard)
    llama_cpp.llama_log_set(heard, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    return llama_cpp


def library() -> Any:
    """Give the bindings. Untyped: their functions have types only for a reader."""
    with _loading:
        return _library()


def version() -> str:
    """Tell which library this is, as exactly as it says."""
    import llama_cpp

    return f"{llama_cpp.__version__} {library().llama_print_system_info().decode()}"


@contextmanager
def listening() -> Iterator[list[str]]:
    """Collect what the library says in this thread."""
    lines: list[str] = []
    _listening[threading.get_ident()] = lines
    try:
        yield lines
    finally:
        _listening.pop(threading.get_ident(), None)


def _hear(level: int, text: bytes, _: object) -> None:
    # Called from C: an exception here would be printed, and nothing else.
    lines = _listening.get(threading.get_ident())
    if lines is not None and len(lines) < 10_000:
        lines.append(text.decode("utf-8", "replace"))


def buffers(lines: list[str]) -> dict[str, int]:
    """Read from its log lines how much the library took: `CPU_Mapped model` → bytes."""
    sizes: dict[str, int] = {}
    for line in lines:
        for place, what, size in _BUFFER.findall(line):
            name = f"{place} {what}"
            # It says some sizes twice; the last time is as it is.
            sizes[name] = int(float(size) * (1 << 20))
    return sizes


def complaint(lines: list[str]) -> str:
    """Find the sentence that says why something did not work."""
    said = [line.strip() for line in lines if "error" in line or "fail" in line]
    first = said[0] if said else ""
    return re.sub(r"^[\w~:]+:\s+", "", first)[:300]


def stop_button() -> tuple[Any, Any]:
    """Give a function for the library to ask whether to stop, and what it looks at.

    It is asked for every node of the graph, from the computing threads. A function in
    Python would have to get the lock of the interpreter hundreds of times per token.
    `strlen` answers the same question without it: the length of a text of one
    character is 1, which is true, and of an empty one 0.
    """
    c = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    button = ctypes.create_string_buffer(2)
    asked = ctypes.cast(c.strlen, library().ggml_abort_callback)
    return asked, button


def give_back_memory() -> None:
    """Let the system have what was freed; the allocator would keep some of it."""
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # not in every libc
        if trim is not None:
            trim(0)
