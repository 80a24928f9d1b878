"""Workbooks of an evaluation: the trace with live formulas, the result table for the office, the list for publication."""

from tenglong.files.evaluation.publication import Published, publication_table
from tenglong.files.evaluation.result_book import result_table
from tenglong.files.evaluation.trace_book import trace_workbook

__all__ = ["Published", "publication_table", "result_table", "trace_workbook"]
