"""Takes an upload off the wire: never more of it onto the disk than an import may be large."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler

from tenglong.apps.survey import intake


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Beyond the limit the rest is read and dropped; what is kept is just too large, so that intake refuses it in words."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.kept = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.kept <= intake.LARGEST_BYTES:
            self.kept += len(raw_data)
            super().receive_data_chunk(raw_data, start)
