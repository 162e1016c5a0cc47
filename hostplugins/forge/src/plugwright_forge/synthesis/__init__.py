"""A competitor without a model: programs found by trying, smallest first.

From examples alone it finds what one expression can say, with a condition or a refusal
around it. It knows nothing of the request but the examples and the numbers and words in
the requirements; that is enough for small tasks, and it costs no call.
"""

from plugwright_forge.synthesis.programs import synthesise as synthesise
