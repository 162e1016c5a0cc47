"""A hub on this machine, as far as a pull needs one; it can cut and refuse."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

COMMIT = "c0ffee" * 6 + "abcd"


class HubServer:
    """Has files by `OWNER/REPO` and name."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], bytes] = {}
        self.cuts: list[int] = []
        """After how many bytes each of the next downloads is cut."""
        self.knows_ranges = True
        self.status: int | None = None
        """What every question is refused with."""
        self.code = ""
        """Why, in the hub's own words: `GatedRepo`."""
        self.stalls = False
        """Whether a download stops in the middle, and the connection stays."""
        self.lies = b""
        """What is sent instead of the content."""
        self.asked: list[tuple[str, str, str]] = []
        """Method, path and range of each question."""
        self._over = Event()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                hub.answer(self, with_content=False)

            def do_GET(self) -> None:
                hub.answer(self, with_content=True)

            def log_message(self, *about: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        # Who stops a pull in the middle leaves a broken pipe here.
        self._server.handle_error = lambda *about: None
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

    def ranges(self) -> list[str]:
        """Give the range of each download."""
        return [wanted for method, _, wanted in self.asked if method == "GET"]

    def answer(self, handler: BaseHTTPRequestHandler, *, with_content: bool) -> None:
        wanted = handler.headers.get("Range", "")
        self.asked.append((handler.command, handler.path, wanted))
        path = handler.path.partition("?")[0]
        if self.status is not None:
            self._refuse(handler, self.status, self.code)
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)(/.*)?", path):
            self._list(handler, found[1], found[2] or "")
        elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/main/(.+)", path):
            self._give(handler, found[1], found[2], wanted, with_content)
        else:
            self._refuse(handler, 404, "RepoNotFound")

    def _repos(self) -> set[str]:
        return {repo for repo, _ in self.files}

    def _list(self, handler: BaseHTTPRequestHandler, repo: str, rest: str) -> None:
        if repo not in self._repos():
            self._refuse(handler, 404, "RepoNotFound")
            return
        names = [file for each, file in self.files if each == repo]
        if rest.startswith("/tree"):
            body: object = [
                {"type": "file", "path": file, "size": 1, "oid": "0" * 40}
                for file in names
            ]
        else:
            siblings = [{"rfilename": file} for file in names]
            body = {"id": repo, "sha": COMMIT, "siblings": siblings}
        content = json.dumps(body).encode()
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _refuse(self, handler: BaseHTTPRequestHandler, status: int, code: str) -> None:
        handler.send_response(status)
        if code:
            handler.send_header("X-Error-Code", code)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _give(
        self,
        handler: BaseHTTPRequestHandler,
        repo: str,
        file: str,
        wanted: str,
        with_content: bool,
    ) -> None:
        if (repo, file) not in self.files:
            known = "EntryNotFound" if repo in self._repos() else "RepoNotFound"
            self._refuse(handler, 404, known)
            return
        whole = self.files[repo, file]
        start = int(wanted[6:-1]) if wanted and self.knows_ranges else 0
        content = (self.lies or whole)[start:]
        handler.send_response(206 if start else 200)
        handler.send_header("ETag", f'"{sha256(whole).hexdigest()}"')
        handler.send_header("X-Repo-Commit", COMMIT)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        if not with_content:
            return
        if self.stalls:
            handler.wfile.write(content[: len(content) // 2])
            self._over.wait(60)
            handler.close_connection = True
            return
        if self.cuts:
            handler.wfile.write(content[: self.cuts.pop(0)])
            handler.close_connection = True
            handler.wfile.flush()
            handler.connection.close()
            return
        handler.wfile.write(content)
