"""Language models, by the role they play."""

from __future__ import annotations

from plugwright_sdk._bridge import call


class Models:
    """Questions to a model; needs the permission `model:role=NAME`."""

    def ask(self, role: str, prompt: str, *, max_tokens: int | None = None) -> str:
        """Ask, and give back what was answered.

        A call of a command has so many tokens for all its questions and answers; the
        answer is as long as they last, or as `max_tokens` says.
        """
        asked = {"role": role, "prompt": prompt, "max_tokens": max_tokens}
        return str(call("models.ask", asked)["text"])


models = Models()
