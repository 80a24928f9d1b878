"""The long steps of an evaluation as jobs."""
