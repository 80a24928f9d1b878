"""Reading files that strangers made, and writing files that strangers will open.

`read` parses in a child process with limits on memory, CPU and time and leaves nothing behind.
"""

from __future__ import annotations

from tenglong.files.errors import FileError, Limits
from tenglong.files.reading import read

__all__ = ["FileError", "Limits", "read"]
