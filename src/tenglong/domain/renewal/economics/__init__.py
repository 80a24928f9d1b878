"""What a route costs a plot, how long it takes and what it brings; every number from a policy, every row with its source."""
