"""From the record to the table that the engine reads: facts, assessed areas, attributes, and where each value came from."""

from tenglong.apps.evaluation.rows.assemble import Rows, assemble
from tenglong.apps.evaluation.rows.attributes import Firm

__all__ = ["Firm", "Rows", "assemble"]
