"""What `plugwright check` looks at, one module for each thing."""
