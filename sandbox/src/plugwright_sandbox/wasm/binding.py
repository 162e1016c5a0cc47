"""One text-to-text function across a component's border, in each direction.

wasmtime-py's own binding asks for the function's type at every call and converts value
by value, which costs several times what the guest itself needs. It also lets exceptions
that are no `Exception` (KeyboardInterrupt, SystemExit) out of a host function, which
ends the process. Here the types are fixed, lengths are checked before anything is
copied, and nothing is ever raised into WebAssembly: a host function gives text or a
trap.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import byref
from typing import Any

from wasmtime import Store, WasmtimeError, _ffi
from wasmtime.component import Func, LinkerInstance

# The generated C bindings are untyped.
ffi: Any = _ffi


class TooLong(Exception):
    """A guest's text is longer than was allowed; it was not copied."""

    def __init__(self, size: int) -> None:
        super().__init__(f"{size} bytes")
        self.size = size


class Trap(Exception):
    """Raised by a host function to end the guest."""


_call = ffi.wasmtime_component_func_call
_delete = ffi.wasmtime_component_val_delete
_Value = ffi.wasmtime_component_val_t
_STRING = ffi.WASMTIME_COMPONENT_STRING
_reserve = ffi.wasm_byte_vec_new_uninitialized


class TextCall:
    """A guest's `func(string) -> string`, ready to be called many times."""

    def __init__(self, store: Store, function: Func) -> None:
        self._held = store, function
        self._function = byref(function._func)
        self._context = store._context()
        argument, self._result = _Value(), _Value()
        argument.kind = _STRING
        self._string = argument.of.string
        self._argument_at, self._result_at = byref(argument), byref(self._result)

    def __call__(self, text: str, limit: int) -> str:
        """Call it with ASCII; refuses to copy an answer over `limit` bytes."""
        _fill(self._string, text)
        problem = _call(
            *(self._function, self._context),
            *(self._argument_at, 1, self._result_at, 1),
        )
        _delete(self._argument_at)
        if problem:
            raise WasmtimeError._from_ptr(problem)
        try:
            return _text(self._result, limit)
        finally:
            _delete(self._result_at)


def _fill(string: Any, text: str) -> None:
    """Copy ASCII text to where WebAssembly will look for it."""
    data = text.encode("ascii")
    _reserve(byref(string), len(data))
    ctypes.memmove(string.data, data, len(data))


def _text(value: Any, limit: int) -> str:
    string = value.of.string
    size: int = string.size
    if size > limit:
        raise TooLong(size)
    # What a guest says is ASCII; for anything else this is a ValueError.
    return str(ctypes.string_at(string.data, size), "ascii") if size else ""


class HostFunction:
    """A function that guests can call. Keep it alive as long as its linker."""

    def __init__(self) -> None:
        self._callback = ffi.wasmtime_component_func_callback_t(self._called)
        self._finalizer = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda _: None)

    def define(self, linker: LinkerInstance, name: str) -> None:
        """Make it an import that the guest can call."""
        encoded = name.encode("ascii")
        problem = ffi.wasmtime_component_linker_instance_add_func(
            linker.ptr(),
            ctypes.create_string_buffer(encoded),
            len(encoded),
            self._callback,
            None,
            self._finalizer,
        )
        if problem:
            raise WasmtimeError._from_ptr(problem)

    def answer(self, argument: Any) -> Any:
        """Turn the one raw argument into the raw result."""
        raise NotImplementedError

    def _called(
        self, _: Any, __: Any, ___: Any, arguments: Any, ____: int, results: Any, n: int
    ) -> int | None:
        try:
            results[0] = self.answer(arguments[0])
        except BaseException as error:
            # Broad on purpose: an exception that leaves here ends the whole process.
            problem = ffi.wasmtime_error_new(type(error).__name__.encode())
            return ctypes.cast(problem, ctypes.c_void_p).value
        return 0


class TextFunction(HostFunction):
    """A `func(string) -> string`."""

    def __init__(
        self, answer: Callable[[str], str], admit: Callable[[int], None]
    ) -> None:
        super().__init__()
        self._answer = answer
        self._admit = admit

    def answer(self, argument: Any) -> Any:
        """Copy nothing before `admit` has seen how long the question is."""
        size: int = argument.of.string.size
        self._admit(size)
        result = _Value()
        result.kind = _STRING
        _fill(result.of.string, self._answer(_text(argument, size)))
        return result


_VALUE_SIZE = ctypes.sizeof(ffi.wasmtime_component_val_t)
_VALUE_OFFSET = ffi.wasmtime_component_val_t.of.offset


class BytesFunction(HostFunction):
    """A `func(u64) -> list<u8>`. Every new guest draws 2.5 KB of randomness with it."""

    def __init__(self, answer: Callable[[int], bytes]) -> None:
        super().__init__()
        self._answer = answer

    def answer(self, argument: Any) -> Any:
        """Lays the list out in memory at once: value by value takes milliseconds."""
        data = self._answer(argument.of.u64)
        values = bytearray(len(data) * _VALUE_SIZE)
        kind = ffi.WASMTIME_COMPONENT_U8.value
        values[0::_VALUE_SIZE] = bytes([kind]) * len(data)
        values[_VALUE_OFFSET::_VALUE_SIZE] = data
        result = ffi.wasmtime_component_val_t()
        result.kind = ffi.WASMTIME_COMPONENT_LIST
        ffi.wasmtime_component_vallist_new_uninit(byref(result.of.list), len(data))
        ctypes.memmove(result.of.list.data, bytes(values), len(values))
        return result
