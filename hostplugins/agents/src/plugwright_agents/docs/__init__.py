"""The agent that writes documentation."""
