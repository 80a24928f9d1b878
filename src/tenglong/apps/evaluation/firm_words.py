"""Names of attributes as people write them, and a table of attributes read row by row."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.registry.form_fields import EnterpriseField
from tenglong.domain.evaluation.attributes import STANDARD
from tenglong.files import FileError, read

#: attributes that the register or a run knows by itself are not entered by hand
BY_HAND = ("list", "file")
COLUMNS = ("企业", "属性", "值", "从哪天起", "到哪天止", "说明")
YES, NO = ("是", "true", "1", "√", "有"), ("否", "false", "0", "×", "无")
MOST_CYCLES, MOST_ROWS = 5, 20_000


def known(user: Any) -> dict[str, tuple[str, str]]:
    """As `as_written`, with labels in the language of the reader."""
    return {name: (_(label), kind) for name, (label, kind) in as_written(user).items()}


def as_written(user: Any) -> dict[str, tuple[str, str]]:
    """Attribute → label and type as files write them: the standard ones kept by hand, and those of the user's latest cycles."""
    found: dict[str, tuple[str, str]] = {
        name: (one.label, one.type) for name, one in STANDARD.items() if one.source in BY_HAND
    }
    for cycle in queries.cycles(user)[:MOST_CYCLES]:
        rule = Pinned.of(cycle.scheme_id, cycle.scheme_version, cycle.scheme_pin, cycle.scheme_text)
        found |= {name: (one.label, one.type) for name, one in rule.compiled.attributes.items() if one.source in BY_HAND}
    return found


def attribute_choices(user: Any) -> list[tuple[str, str]]:
    return [(name, label) for name, (label, _type) in known(user).items()]


def flag_choices(user: Any) -> list[tuple[str, str]]:
    """What a decision may raise: yes-or-no attributes."""
    return [(name, label) for name, (label, kind) in known(user).items() if kind == "flag"]


def as_kept(value: str, kind: str) -> str:
    """是 → true for a flag; a number stays a number. Raises EvaluationError."""
    text = value.strip()
    if kind == "flag":
        if text.lower() in YES:
            return "true"
        if text.lower() in NO:
            return "false"
        raise EvaluationError(_("“%(text)s”应写“是”或“否”。") % {"text": text})
    if kind == "number":
        try:
            float(text)
        except ValueError as error:
            raise EvaluationError(_("“%(text)s”应为数。") % {"text": text}) from error
    return text


@dataclass(frozen=True)
class Refusal:
    row: int
    reason: str


def take_table(user: Any, file: Any) -> tuple[int, list[Refusal]]:
    """Every row of the first sheet, or none: (written, refusals). Raises EvaluationError for what is no such table."""
    table = _table(file)
    places = {name: table.columns.index(name) for name in COLUMNS if name in table.columns}
    if lacks := [name for name in COLUMNS[:4] if name not in places]:
        raise EvaluationError(_("表里缺列：%(names)s。要有的列：%(all)s。") % {
            "names": _("、").join(lacks), "all": _("、").join(COLUMNS)})
    if len(table.rows) > MOST_ROWS:
        raise EvaluationError(_("一次最多 %(n)s 行。") % {"n": MOST_ROWS})
    words, refusals, written = as_written(user), [], 0
    with transaction.atomic():
        for number, cells in zip(table.row_numbers, table.rows, strict=True):
            told = {name: cells[place] for name, place in places.items()}
            if not any(told.values()):
                continue
            try:
                _row(user, told, words)
                written += 1
            except EvaluationError as error:
                refusals.append(Refusal(number, str(error)))
        if refusals:
            transaction.set_rollback(True)
    return (0 if refusals else written), refusals


def _table(file: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(file.name).name
        path.write_bytes(file.read())
        try:
            tables = list(read(path))
        except FileError as error:
            raise EvaluationError(str(error)) from error
    if not tables:
        raise EvaluationError(_("表里没有数据。"))
    return tables[0]


def _row(user: Any, told: dict[str, Any], words: dict[str, tuple[str, str]]) -> None:
    wanted = str(told["属性"] or "").strip()
    name = next((key for key, (label, _type) in words.items() if wanted in (key, label, _(label))), None)
    if name is None:
        raise EvaluationError(_("没有属性“%(name)s”。") % {"name": wanted})
    field = EnterpriseField()
    field.user = user
    try:
        firm = field.clean(str(told["企业"] or ""))
    except forms.ValidationError as error:
        raise EvaluationError("；".join(error.messages)) from error
    if firm is None:
        raise EvaluationError(_("没有写企业。"))
    start = _day(told["从哪天起"])
    if start is None:
        raise EvaluationError(_("没有写从哪天起。"))
    service.record_attribute(
        user, firm, name, as_kept(str(told["值"] if told["值"] is not None else ""), words[name][1]), valid_from=start,
        valid_to=_day(told.get("到哪天止")), note=str(told.get("说明") or ""),
    )


def _day(value: Any) -> date | None:
    if value in (None, ""):
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError as error:
        raise EvaluationError(_("“%(text)s”不是日期，请写成 2026-11-22。") % {"text": value}) from error
