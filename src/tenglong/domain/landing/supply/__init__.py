"""Reserve account, steps of supply with their clocks, and conditions that fit one firm."""
