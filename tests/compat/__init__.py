"""Runs the standard library's own tests inside the guest: `tox -e compat`."""
