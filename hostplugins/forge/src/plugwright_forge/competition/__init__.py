"""The competition: who tries, who is tried, who wins, and what is kept of it.

Candidates come from plans, models and temperatures, from a synthesiser and from fixes
by rule. All of what is known stands on one board, which follows from the session's
steps: `known` writes it anew from the log alone.
"""

from plugwright_forge.competition.contest import Contest as Contest
from plugwright_forge.competition.records import known as known
