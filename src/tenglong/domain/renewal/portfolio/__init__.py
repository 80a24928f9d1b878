"""The planner's problem: which plots, by which route, from which year, and the proof that no plan is better."""
