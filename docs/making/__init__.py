"""Makes the pages of the documentation: what is written by hand, and what follows.

A page under `docs/pages` may hold a line `<!-- make: NAME -->`. It is replaced with
what the code itself says at this moment, so that no copy can go stale.
"""
