"""Pages of the shell."""

from tenglong.web.views.language import language

__all__ = ["language"]
