"""Official letters and bulletins as .docx in the layout of GB/T 9704, plain or from an office's own template."""

from __future__ import annotations

from tenglong.files.docx.bulletin import Bulletin, Section, bulletin
from tenglong.files.docx.layout import Block, DocxTable
from tenglong.files.docx.letter import Letter, letter
from tenglong.files.docx.template import fill, placeholders

__all__ = ["Block", "Bulletin", "DocxTable", "Letter", "Section", "bulletin", "fill", "letter", "placeholders"]
