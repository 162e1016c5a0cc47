"""Small mistakes put into a plugin on purpose, and which tests notice them."""

from plugwright_qa.mutation.mutants import Mutant, mutants
from plugwright_qa.mutation.scores import Fate, Fated, Score, Tally, score

__all__ = ["Fate", "Fated", "Mutant", "Score", "Tally", "mutants", "score"]
