"""Bytes of tokens become text, and texts to stop at are noticed."""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Sequence

_Decoder = getincrementaldecoder("utf-8")


class Spelling:
    """Puts an answer together; holds back only what may still change."""

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self._decoder = _Decoder("replace")
        self._stops = tuple(stop for stop in stops if stop)
        self._longest = max(map(len, self._stops), default=0)
        self._held = ""
        self.has_stopped = False

    def add(self, data: bytes) -> str:
        """Take a token's bytes; gives the text that is certain now."""
        text = self._decoder.decode(data)
        return self._until_stop(self._held + text) if self._stops else text

    def end(self) -> str:
        """Give what was held back."""
        if self.has_stopped:
            return ""
        rest = self._decoder.decode(b"", final=True)
        if not self._stops:
            return rest
        text = self._until_stop(self._held + rest)
        return text if self.has_stopped else text + self._held

    def _until_stop(self, text: str) -> str:
        found = [at for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            self.has_stopped = True
            return text[: min(found)]
        kept = self._beginning_of_stop(text)
        self._held = text[len(text) - kept :]
        return text[: len(text) - kept]

    def _beginning_of_stop(self, text: str) -> int:
        """Tell how many characters at the end may become a text to stop at."""
        for length in range(min(self._longest - 1, len(text)), 0, -1):
            end = text[-length:]
            if any(stop.startswith(end) for stop in self._stops):
                return length
        return 0
