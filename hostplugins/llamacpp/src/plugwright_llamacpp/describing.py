"""What is known of a file before it is loaded: its template, context and memory."""

from __future__ import annotations

from plugwright.errors import UsageError
from plugwright.sandboxes import JSON
from plugwright_llamacpp.forecast import default_budget, forecast
from plugwright_llamacpp.header import Header, read_header
from plugwright_llamacpp.options import Options, Settings, parsed


def described(argument: str, settings: Settings) -> dict[str, JSON]:
    """Tell of what stands after `gguf:`; raises `UsageError` for a damaged file."""
    path, options = parsed(argument, settings)
    header = read_header(path)
    return {
        "title": header.name,
        "file": str(path),
        "size": header.weights,
        "architecture": header.architecture,
        "layers": header.number("block_count"),
        "vocabulary": header.vocabulary,
        "trained_context": header.trained_context,
        **_planned(header, options, settings.budget or default_budget()),
        "template": options.template or header.template,
    }


def _planned(header: Header, options: Options, budget: int) -> dict[str, JSON]:
    try:
        plan = forecast(header, options, budget)
    except UsageError as error:
        return {"problem": error.message, "remedy": error.remedy}
    return {
        "context": plan.context,
        "memory": {
            "weights": plan.weights,
            "context": plan.kv,
            "computing": plan.compute,
            "in all": plan.total,
            "reclaimable": plan.reclaimable,
            "allowed": budget,
        },
    }
