"""Takes a file in: kept once by its hash under TENGLONG_HOME/files, never opened in this process."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Iterable
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final, Protocol

from django.conf import settings
from django.utils.translation import gettext as _

from tenglong.apps.survey.models import ImportBatch

#: endings that a reader exists for; the content is examined by the reader itself
ENDINGS: Final = (".xlsx", ".xls", ".et", ".csv", ".zip", ".gpkg", ".geojson", ".json", ".kml", ".shp")
LARGEST_BYTES: Final = 512 * 1024 * 1024
CHUNK: Final = 1 << 20


class SurveyError(Exception):
    """A step that cannot be taken; the message is a Chinese sentence for the person at the screen."""


class Upload(Protocol):
    name: str | None

    def chunks(self, chunk_size: int | None = None) -> Iterable[bytes]: ...


def folder() -> Path:
    return Path(settings.TENGLONG_HOME) / "files"


def file_of(batch: ImportBatch) -> Path:
    """Absolute path of the file as it was uploaded."""
    return Path(settings.TENGLONG_HOME) / batch.stored_path


def clean_name(name: str) -> str:
    """Last part of the path only, no control characters, at most 120 characters with its ending kept."""
    last = PureWindowsPath(PurePosixPath(name.replace("\x00", "")).name).name
    plain = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip() or _("未命名")
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[:110]}{dot}{ending[:9]}" if dot else plain[:120]


def ending_of(name: str) -> str:
    """Raises SurveyError for a file type that has no reader."""
    ending = PurePosixPath(name.lower()).suffix
    if ending not in ENDINGS:
        raise SurveyError(
            _("不认识“%(ending)s”文件。请上传 %(known)s。")
            % {"ending": ending or _("没有扩展名的"), "known": "、".join(ENDINGS)}
        )
    if ending == ".shp":
        raise SurveyError(_("单独一个 .shp 不完整。请把 .shp、.shx、.dbf、.prj 一起压缩成 .zip 再上传。"))
    return ending


def keep(upload: Upload, name: str) -> tuple[str, int, str]:
    """Write the bytes below files/ under their hash. Returns (sha256, size, path relative to TENGLONG_HOME)."""
    ending = ending_of(name)
    folder().mkdir(parents=True, exist_ok=True)
    draft = folder() / f".{secrets.token_hex(8)}.part"
    try:
        sha256, size = _write(upload, draft)
        if not size:
            raise SurveyError(_("文件是空的（0 字节）。请检查后重新上传。"))
        target = folder() / sha256[:2] / f"{sha256}{ending}"
        target.parent.mkdir(exist_ok=True)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return sha256, size, str(target.relative_to(settings.TENGLONG_HOME))


def _write(upload: Upload, draft: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with draft.open("wb") as handle:
        for chunk in upload.chunks(CHUNK):
            size += len(chunk)
            if size > LARGEST_BYTES:
                raise SurveyError(_("文件超过 %(limit)s MB。请按镇街或图层拆分后上传。") % {"limit": LARGEST_BYTES >> 20})
            digest.update(chunk)
            handle.write(chunk)
    return digest.hexdigest(), size


def new_batch(
    actor: Any, kind: str, upload: Upload, survey_date: date | None, division_code: str, encoding: str = ""
) -> ImportBatch:
    """Keep the file and note the batch; reading it is the job's work."""
    name = clean_name(upload.name or "")
    sha256, size, path = keep(upload, name)
    return ImportBatch.objects.create(
        kind=kind,
        file_name=name,
        file_size=size,
        sha256=sha256,
        stored_path=path,
        survey_date=survey_date,
        encoding=encoding,
        division_code=division_code,
        department_id=actor.department_id,
        created_by_id=actor.pk,
    )


def forget(batch: ImportBatch) -> None:
    """Remove the file of a batch that could not be read, unless another batch has the same one."""
    if not ImportBatch.objects.filter(stored_path=batch.stored_path).exclude(pk=batch.pk).exists():
        file_of(batch).unlink(missing_ok=True)
