"""Declarative list pages: conditions in the URL, totals, saved filters, `.json` twin, export with a ledger number."""

from tenglong.web.listing.columns import Action, Column, Filter, Tool
from tenglong.web.listing.page import ListPage
from tenglong.web.listing.urls import list_paths, register_access

__all__ = ["Action", "Column", "Filter", "ListPage", "Tool", "list_paths", "register_access"]
