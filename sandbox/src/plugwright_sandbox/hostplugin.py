"""The engines as a host plugin."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from plugwright.hooks import hookimpl
from plugwright.sandboxes import SandboxOffer

if TYPE_CHECKING:
    from plugwright.host import Host
    from plugwright.sandboxes import Sandbox


@hookimpl
def sandboxes(host: Host) -> Iterable[SandboxOffer]:
    """Offer the `wasm` engine, and `restricted` for who needs native speed."""

    def wasm() -> Sandbox:
        from plugwright_sandbox.wasm.engine import WasmSandbox

        return WasmSandbox(host.cache, host.hooks.guest_packages())

    def restricted() -> Sandbox:
        from plugwright_sandbox.restricted.engine import RestrictedSandbox

        return RestrictedSandbox(host.hooks.guest_packages())

    return [
        SandboxOffer(name="wasm", summary="CPython in WebAssembly", open=wasm),
        SandboxOffer(
            name="restricted",
            summary="native Python: a language filter in a locked process (Linux)",
            open=restricted,
        ),
    ]
