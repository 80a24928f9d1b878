"""Scanned confirmation sheets: pages read by their code, matched with the sheets in force, split into one PDF per firm."""

from __future__ import annotations

from tenglong.files.scans.limits import ScanLimits
from tenglong.files.scans.match import TROUBLES, Matching, Trouble, match
from tenglong.files.scans.page import PageRef, ScannedPage
from tenglong.files.scans.reading import read_scans, split

__all__ = ["TROUBLES", "Matching", "PageRef", "ScanLimits", "ScannedPage", "Trouble", "match", "read_scans", "split"]
