"""The optimiser: where the fuel goes, and less of it for the same answers."""

from plugwright_forge.optimising.asking import asking
from plugwright_forge.optimising.evidence import Answer, Evidence, weighed
from plugwright_forge.optimising.optimiser import Outcome, Try, optimise
from plugwright_forge.optimising.rewrites import Rewrite, rewrites
from plugwright_forge.optimising.workshop import Hot, Seen, SessionWorkshop, Workshop

__all__ = [
    "Answer",
    "Evidence",
    "Hot",
    "Outcome",
    "Rewrite",
    "Seen",
    "SessionWorkshop",
    "Try",
    "Workshop",
    "asking",
    "optimise",
    "rewrites",
    "weighed",
]
