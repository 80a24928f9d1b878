"""Settings: `base` for the program, `test` for its tests."""
