"""What a person is handed: commented source, tutorial, report, and what is unsure."""
