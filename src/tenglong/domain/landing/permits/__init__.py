"""The network of permits: steps as policy, routes through it, forecast and what would save most days."""
