"""Runs plugins behind a wall: CPython in WebAssembly, with quotas."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright.sandboxes import Sandbox


@hookimpl
def sandboxes(host: Host) -> Iterable[Callable[[], Sandbox]]:
    """Offer the `wasm` engine."""

    def wasm() -> Sandbox:
        from plugwright_sandbox.engine import WasmSandbox

        return WasmSandbox(host.cache, host.hooks.guest_packages())

    return [wasm]
