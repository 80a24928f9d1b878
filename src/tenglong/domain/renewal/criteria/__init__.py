"""Which land is low-efficiency by the county's own criteria: policy, findings per plot with reasons and evidence."""
