"""Opening and closing everything that is sealed."""
