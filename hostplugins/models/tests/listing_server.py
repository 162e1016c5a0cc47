"""A server that lists its models, or answers something else."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


class ListingServer:
    """Gives one answer for every path; with `hangs`, none until it is closed."""

    def __init__(
        self, answer: object, *, status: int = 200, hangs: bool = False
    ) -> None:
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self._over = over = Event()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if hangs:
                    over.wait(30)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *about: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
