"""Choosing among candidates: the matrix, the trust ledger, and what they say."""

from plugwright_forge.choice.agreement import B4Prior
from plugwright_forge.choice.behaviours import Behaviour, behaviours
from plugwright_forge.choice.belief import Belief, believe
from plugwright_forge.choice.buying import Outlook, can_still_change
from plugwright_forge.choice.confidence import Confidence, confidence
from plugwright_forge.choice.curves import Curve, fitted
from plugwright_forge.choice.ledger import Entry, Ledger
from plugwright_forge.choice.matrix import Cell, Matrix, Program, Row
from plugwright_forge.choice.review import Duel, Opinion, Reviewer, Shown
from plugwright_forge.choice.selection import Choice, Stage, select
from plugwright_forge.choice.splitting import Card, Option, next_card
from plugwright_forge.choice.trust import Evidence, Kind, Source, Worth

__all__ = [
    "B4Prior",
    "Behaviour",
    "Belief",
    "Card",
    "Cell",
    "Choice",
    "Confidence",
    "Curve",
    "Duel",
    "Entry",
    "Evidence",
    "Kind",
    "Ledger",
    "Matrix",
    "Opinion",
    "Option",
    "Outlook",
    "Program",
    "Reviewer",
    "Row",
    "Shown",
    "Source",
    "Stage",
    "Worth",
    "behaviours",
    "believe",
    "can_still_change",
    "confidence",
    "fitted",
    "next_card",
    "select",
]
