"""A place that nobody should visit: it counts who does."""

from __future__ import annotations

import socket
import threading


class Elsewhere:
    """A port of this machine that takes every visitor down, and sends them away."""

    def __init__(self) -> None:
        self.visits = 0
        self._is_over = False
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/schema.json"
        self._thread = threading.Thread(target=self._count)
        self._thread.start()

    def close(self) -> None:
        """Count no more."""
        self._is_over = True
        # A last visitor wakes up the thread that waits for one.
        with socket.create_connection(self._socket.getsockname()):
            self._thread.join()
        self._socket.close()

    def _count(self) -> None:
        while True:
            visitor, _ = self._socket.accept()
            # Counted before they are sent away: who was here is told of afterwards.
            self.visits += not self._is_over
            visitor.close()
            if self._is_over:
                return
