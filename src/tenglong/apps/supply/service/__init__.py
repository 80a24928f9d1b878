"""What supply does, by noun."""
