"""The `wasm` engine: CPython in WebAssembly, many guests in one worker.

`image` builds what a guest starts from, out of the files in `guest/` and the time zones
of `zones`. In a worker, `worker` takes requests, `runtime` loads the image, `instance`
is one guest, and `binding` and `wasi` are what it may call. On the host's side there
are `engine`, `spawned` (workers where there is no cell), and `advisories`: the mistakes
of wasmtime that are known.
"""
