"""The optimiser: where the fuel goes, and less of it for the same answers."""

from plugwright_forge.optimising.asking import asking
from plugwright_forge.optimising.evidence import Answer, Evidence, weighed
from plugwright_forge.optimising.growth import Growth, growths
from plugwright_forge.optimising.optimiser import heat, optimise
from plugwright_forge.optimising.outcome import Outcome, Try
from plugwright_forge.optimising.rewrites import Rewrite, rewrites
from plugwright_forge.optimising.workshop import Hot, Seen, SessionWorkshop, Workshop

__all__ = [
    "Answer",
    "Evidence",
    "Growth",
    "Hot",
    "Outcome",
    "Rewrite",
    "Seen",
    "SessionWorkshop",
    "Try",
    "Workshop",
    "asking",
    "growths",
    "heat",
    "optimise",
    "rewrites",
    "weighed",
]
