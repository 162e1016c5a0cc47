"""How much more a command uses when it is given more."""

from plugwright_qa.growth.fits import Fit, Point, fitted
from plugwright_qa.growth.measuring import Growth, measured
from plugwright_qa.growth.plots import plot
from plugwright_qa.growth.sizes import Way, scaled, ways

__all__ = [
    "Fit",
    "Growth",
    "Point",
    "Way",
    "fitted",
    "measured",
    "plot",
    "scaled",
    "ways",
]
