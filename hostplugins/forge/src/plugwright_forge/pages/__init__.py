"""What a session shows in a browser."""
