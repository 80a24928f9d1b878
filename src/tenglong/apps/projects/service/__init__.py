"""Steps on projects; each part is a module of its own."""
