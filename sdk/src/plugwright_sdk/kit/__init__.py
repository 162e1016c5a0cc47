"""The author's kit: what runs on an author's machine, and never in a guest.

`doubles` and `contracts` are for the author's tests, `between` records and disturbs
hooks; the rest stands behind `plugwright new`, `manifest`, `check` and `dev`.
"""
