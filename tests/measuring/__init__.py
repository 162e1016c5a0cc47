"""What `tox -e bench` measures, a module per subject."""
