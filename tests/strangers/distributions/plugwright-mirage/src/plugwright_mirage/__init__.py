"""Is not what its entry point names."""
