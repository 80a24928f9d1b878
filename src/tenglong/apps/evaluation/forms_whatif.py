"""From the fields of the what-if page to a change set: only what differs from the rule, and the page's fields filled again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.trying import knobs
from tenglong.domain.evaluation.compiled import Compiled
from tenglong.domain.evaluation.figures import plain

#: kind of change → key of the knob
KINDS: Final = {"weights": "weight", "benchmarks": "benchmark", "factors": "factor", "caps": "cap", "floors": "floor"}
SLOTS: Final = 3
NONE: Final = ("none", "无", "不限")


def changes_of(compiled: Compiled, given: Mapping[str, str]) -> dict[str, Any]:
    """The change set of `domain.evaluation.whatif`. Raises EvaluationError for a text that is no number."""
    found: dict[str, Any] = {"rescale": bool(given.get("rescale"))}
    for group in knobs(compiled):
        for row in group["rows"]:
            for kind, key in KINDS.items():
                _take(found, kind, group["id"], row["id"], row.get(key), given)
        for cut in group["cuts"]:
            _take(found, "cuts", group["id"], cut["grade"], cut["value"], given)
    if overrides := _overrides(given):
        found["overrides"] = overrides
    return found


def _take(found: dict[str, Any], kind: str, group: str, name: str, held: Any, given: Mapping[str, str]) -> None:
    text = (given.get(f"{kind}.{group}.{name}") or "").strip()
    if not text:
        return
    value = _number(text, kind in ("caps", "floors"))
    if value != held:
        found.setdefault(kind, {}).setdefault(group, {})[name] = str(value)


def _number(text: str, may_be_none: bool) -> Decimal | str:
    if may_be_none and text in NONE:
        return "none"
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise EvaluationError(_("“%(text)s”不是数，请改正。") % {"text": text[:40]}) from error
    if not value.is_finite() or abs(value) > 10**12:
        raise EvaluationError(_("“%(text)s”超出可以试算的范围。") % {"text": text[:40]})
    return value


def _overrides(given: Mapping[str, str]) -> list[dict[str, Any]]:
    found = []
    for slot in range(SLOTS):
        key, measure, text = (given.get(f"override-{name}-{slot}", "").strip() for name in ("key", "measure", "value"))
        if key:
            value = None if text in ("", "—") else str(_number(text, False))
            found.append({"key": key, "measure": measure, "value": value})
    return found


def labelled(compiled: Compiled, given: Mapping[str, str]) -> list[dict[str, Any]]:
    """Groups with their fields: `name`, `value` as typed or as in the rule, `base`."""
    found = []
    for group in knobs(compiled):
        rows = [{**row, "fields": {kind: _field(kind, group["id"], row["id"], row.get(key), given)
                                   for kind, key in KINDS.items() if _offered(kind, row)}} for row in group["rows"]]
        cuts = [{**cut, "field": _field("cuts", group["id"], cut["grade"], cut["value"], given)} for cut in group["cuts"]]
        found.append({**group, "rows": rows, "cuts": cuts})
    return found


def _offered(kind: str, row: Mapping[str, Any]) -> bool:
    return {"weights": row["weight"] is not None, "benchmarks": bool(row.get("direct")), "factors": bool(row.get("scaled")),
            "caps": bool(row.get("limits")), "floors": bool(row.get("limits"))}[kind]


def _field(kind: str, group: str, name: str, held: Any, given: Mapping[str, str]) -> dict[str, str]:
    base = "" if held is None else (plain(held) if isinstance(held, Decimal) else str(held))
    full = f"{kind}.{group}.{name}"
    return {"name": full, "value": given.get(full, base), "base": base}
