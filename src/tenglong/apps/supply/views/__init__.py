"""Pages of supply; one file a noun."""
