"""Goes off when it is touched."""

raise RuntimeError("bang")
