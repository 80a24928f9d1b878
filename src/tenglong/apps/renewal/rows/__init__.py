"""Rows that criteria read: plots, owners, where every value stands."""
