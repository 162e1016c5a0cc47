"""The agent that helps with git."""
