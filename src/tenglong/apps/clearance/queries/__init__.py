"""The scoped door of clearing: what leaves it is what the acting user may see."""

from tenglong.apps.clearance.queries.figures import rates_of as rates
from tenglong.apps.clearance.queries.rows import clearance, clearances, holder, holders, of_firm, of_plot

__all__ = ["clearance", "clearances", "holder", "holders", "of_firm", "of_plot", "rates"]
