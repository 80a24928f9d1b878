"""`tenglong import` without `--dry-run`: the same steps as the pages, one after the other, in the name of a user."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
from django.contrib.auth import get_user_model
from django.core.files import File
from django.utils import timezone

from tenglong import files
from tenglong.apps.accounts.scope import Refused
from tenglong.apps.jobs import service as jobs
from tenglong.apps.survey import download, pipeline, queries, service
from tenglong.apps.survey.intake import SurveyError
from tenglong.apps.survey.models import ImportBatch, Mode, State
from tenglong.cli._report import emit
from tenglong.domain.quality.issue import Report
from tenglong.domain.survey.kinds import KINDS
from tenglong.domain.survey.mapping import Mapping, guess_kind, settle

#: parts of a shapefile, and papers that are no data
BESIDE = {".dbf", ".shx", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".xml", ".md", ".txt"}


@dataclass(frozen=True)
class Wish:
    """What the person at the command line wants done with the rows."""

    user: str = ""
    confirm: bool = False
    mode: str = ""
    survey_date: date | None = None
    valid_from: date | None = None

    @property
    def on(self) -> date:
        return self.valid_from or self.survey_date or timezone.localdate()


def import_file(
    kind: str, file: Path, choice: Any, *, as_json: bool, strict: bool, annotate: Path | None = None, **wish: Any
) -> None:
    """Stage one file (and confirm it with `--confirm`), print its report, exit as every checking verb."""
    own_county_only(choice)
    wanted = Wish(**wish)
    actor = actor_of(wanted.user)
    try:
        with pipeline.remembering():
            batch = take(actor, kind, file, choice, wanted)
        report = finished(actor, batch, wanted)
        if annotate:
            report.extra["annotated"] = download.annotated(actor, batch, annotate)
    except (SurveyError, Refused, files.FileError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if not as_json:
        tell(batch)
    emit(report, as_json=as_json, strict=strict)


def import_folder(directory: Path, choice: Any, *, as_json: bool, strict: bool, **wish: Any) -> None:
    """Every table of the folder in import order; a file that cannot be read is named and does not stop the others."""
    own_county_only(choice)
    wanted = Wish(**wish)
    actor = actor_of(wanted.user)
    found, left = sort_out(directory, choice)
    if not found:
        raise click.ClickException(f"文件夹里没有能导入的数据：{directory.name}")
    with pipeline.remembering():
        reports = list(taken(actor, found, left, choice, wanted, quiet=as_json))
    emit(together(reports, left), as_json=as_json, strict=strict)


def taken(
    actor: Any, found: list[tuple[str, Path, str]], left: list[dict[str, str]], choice: Any, wish: Wish, *, quiet: bool
) -> Iterator[Report]:
    """The report of each table, one after the other; a table that stops half-way is added to `left`."""
    for kind, path, sheet in found:
        try:
            batch = take(actor, kind, path, choice, wish, sheet)
            report = finished(actor, batch, wish)
        except (SurveyError, Refused, files.FileError, OSError, ValueError) as error:
            left.append({"file": path.name, "reason": str(error)})
            continue
        if not quiet:
            tell(batch)
        yield report


def own_county_only(choice: Any) -> None:
    """Raises UsageError: the record has its one county, and another code would be quietly ignored."""
    if choice.county:
        raise click.UsageError("--county 只用于 --dry-run；入库时以登记册里的本县为准（见 tenglong county show）")


def actor_of(name: str) -> Any:
    """Raises UsageError: every entry into the record bears a name."""
    if not name:
        raise click.UsageError("请用 --as 用户名 指明以谁的名义导入（他的角色和管辖范围照常生效）")
    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None:
        raise click.UsageError(f"没有名为“{name}”的在用账号")
    return user


def sort_out(directory: Path, choice: Any) -> tuple[list[tuple[str, Path, str]], list[dict[str, str]]]:
    """(kind, file, table) of every table in import order, and what was left out and why."""
    found: list[tuple[str, Path, str]] = []
    left: list[dict[str, str]] = []
    for path in sorted(directory.iterdir()):
        if (
            path.name.startswith((".", "~$"))
            or path.suffix.lower() in BESIDE
            or (path.is_dir() and path.suffix.lower() != ".gdb")
        ):
            continue
        try:
            tables = files.read(path, encoding=choice.encoding)
        except files.FileError as error:
            left.append({"file": path.name, "reason": str(error)})
            continue
        for table in tables:
            kind = guess_kind(table, path.name)
            if kind is None:
                left.append(
                    {
                        "file": f"{path.name}：{table.name}",
                        "reason": "看不出是哪一种数据，请用 tenglong import 种类 文件 单独导入",
                    }
                )
            else:
                found.append((kind, path, table.name))
    return sorted(found, key=lambda one: (KINDS.index(one[0]), one[1].name, one[2])), left


def take(actor: Any, kind: str, path: Path, choice: Any, wish: Wish, sheet: str = "") -> ImportBatch:
    """Upload, read, map and stage. Raises SurveyError with the batch's own sentence."""
    with parcelled(path) as (whole, name), whole.open("rb") as handle:
        batch = service.upload(
            actor, kind, File(handle, name=name), survey_date=wish.survey_date, encoding=choice.encoding or ""
        )
    run(batch)
    if (sheet or choice.sheet) not in (None, "", batch.table_name):
        service.choose_table(actor, batch, sheet or choice.sheet)
    if choice.mapping:
        _map(batch, choice.mapping)
    if choice.crs:
        batch.crs = choice.crs
    batch.save(update_fields=["mapping", "crs"])
    service.stage(actor, batch)
    return run(batch)


def _map(batch: ImportBatch, path: Path) -> None:
    saved = Mapping.from_json({"kind": batch.kind, **json.loads(path.read_text(encoding="utf-8"))})
    batch.mapping = settle(saved, pipeline.table_of(batch)).as_json()


def run(batch: ImportBatch) -> ImportBatch:
    """The batch's queued job, in this process. Raises SurveyError with the reason when it did not get through."""
    from tenglong.apps.survey.recovery import queued_job

    done = jobs.run_now(queued_job(batch))
    batch.refresh_from_db()
    if done.state != "done":
        raise SurveyError(done.message)
    return batch


def finished(actor: Any, batch: ImportBatch, wish: Wish) -> Report:
    """Confirm when asked to, and report."""
    if wish.confirm and batch.state == State.PREVIEW:
        service.confirm(actor, batch, wish.mode or service.default_mode(actor, batch), wish.on)
        run(batch)
    report = queries.report(actor, batch)
    report.extra["applied"] = batch.applied
    return report


def tell(batch: ImportBatch) -> None:
    counts = batch.counts
    told = "、".join(
        f"{word} {counts.get(name, 0)}"
        for name, word in (("new", "新增"), ("changed", "变更"), ("unchanged", "未变"), ("rejected", "退回"))
    )
    head = f"{batch.kind:<12} {batch.file_name}（{batch.table_name}）"
    click.echo(f"{head}：{counts.get('rows', 0)} 行，{told}；{batch.get_state_display()}")


def together(reports: list[Report], left: list[dict[str, str]]) -> Report:
    """One report of the folder: every row and every issue of every data set counts."""
    rows = sum(report.rows for report in reports)
    merged = Report(rows, [issue for report in reports for issue in report.issues])
    merged.skipped = [item for report in reports for item in report.skipped]
    merged.extra = {
        "datasets": [{"dataset": report.dataset, "rows": report.rows, **report.extra} for report in reports],
        "left_out": left,
    }
    return merged


@contextmanager
def parcelled(path: Path) -> Iterator[tuple[Path, str]]:
    """A shapefile and a .gdb folder are several files: they travel as one zip."""
    if path.suffix.lower() not in {".shp", ".gdb"}:
        yield path, path.name
        return
    with tempfile.TemporaryDirectory(prefix="tenglong-zip-") as folder:
        target = Path(folder) / f"{path.stem}.zip"
        members = path.rglob("*") if path.is_dir() else path.parent.glob(f"{path.stem}.*")
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for member in members:
                if member.is_file():
                    archive.write(member, member.relative_to(path.parent))
        yield target, target.name


__all__ = ["Mode", "Wish", "import_file", "import_folder"]
