"""What leaves the renewal: every function takes the acting user first and returns only what that user may see."""
