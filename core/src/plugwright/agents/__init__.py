"""Agents: a model in a loop, with tools, limits and a record of every run."""

from plugwright.agents.abilities import Ability, AbilityOffer, Ask, Do
from plugwright.agents.agent import Agent
from plugwright.agents.answers import Shape, Unreadable, json_in
from plugwright.agents.builder import Builder
from plugwright.agents.limits import Limits, Price, Spent
from plugwright.agents.pains import Pain, felt
from plugwright.agents.plans import Plan
from plugwright.agents.results import AgentEvent, Called, Calling, Result
from plugwright.agents.run import Run
from plugwright.agents.stops import (
    Again,
    LimitReached,
    Misfit,
    PerhapsPaid,
    RunCancelled,
    RunStopped,
)
from plugwright.agents.tools import Approval, Tool, tool

__all__ = [
    "Ability",
    "AbilityOffer",
    "Again",
    "Agent",
    "AgentEvent",
    "Approval",
    "Ask",
    "Builder",
    "Called",
    "Calling",
    "Do",
    "LimitReached",
    "Limits",
    "Misfit",
    "Pain",
    "PerhapsPaid",
    "Plan",
    "Price",
    "Result",
    "Run",
    "RunCancelled",
    "RunStopped",
    "Shape",
    "Spent",
    "Tool",
    "Unreadable",
    "felt",
    "json_in",
    "tool",
]
