"""履约监管: what was agreed along the chain of papers, what stands on a date, what was reached, and what a shortfall costs."""
