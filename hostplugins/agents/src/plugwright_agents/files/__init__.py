"""The agent that works through files."""
