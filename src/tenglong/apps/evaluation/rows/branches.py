"""Branches (分公司) that share the tax of their head office by a document: the share goes to the branch, the rest stays.

A branch has two dated records with a document: `head_office` (code of the head office) and `tax_share` (percent of the whole
year's tax). Nothing is divided without the document, without the figure of the head office, or above 100 %.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any, Final, NamedTuple

from tenglong.apps.evaluation.models import AttributeRecord, Cycle
from tenglong.apps.evaluation.rows.facts import Chosen, Picked
from tenglong.apps.evaluation.rows.months import Remark
from tenglong.apps.registry import queries as registry
from tenglong.domain.units import UnitError, exact

TAX: Final = "tax_paid"
WHOLE: Final = Fraction(100)
#: remarks after which a branch has no figure that could be frozen
NOT_DIVIDED: Final = frozenset({"branch-record", "branch-no-basis", "branch-head-missing", "branch-over"})


class Branch(NamedTuple):
    """`record`: the row of `tax_share`; `percent` of the head's tax."""

    enterprise_id: int
    head_id: int
    percent: Fraction
    record: int


def branches_of(actor: Any, cycle: Cycle, remarks: list[Remark]) -> list[Branch]:
    """Branches on record on the day of the cycle; what is wrong with a record is remarked and nothing divided by it."""
    rows = AttributeRecord.objects.filter(registry.in_force(cycle.measure_day), attribute__in=("head_office", "tax_share"))
    held: dict[int, dict[str, AttributeRecord]] = defaultdict(dict)
    for row in rows.order_by("valid_from", "pk"):
        held[row.enterprise_id][row.attribute] = row
    codes = {row["head_office"].value.strip() for row in held.values() if "head_office" in row}
    heads = dict(registry.enterprises(actor, cycle.measure_day).filter(uscc__in=sorted(codes)).values_list(
        "uscc", "enterprise_id"))
    found = []
    for firm, records in sorted(held.items()):
        head, share = records.get("head_office"), records.get("tax_share")
        percent = _percent(share.value) if share is not None else None
        parent = heads.get(head.value.strip()) if head is not None else None
        if share is None or head is None or percent is None or parent in (None, firm):
            remarks.append(Remark(firm, "branch-record", str((share or head).pk), share.value if share else ""))  # type: ignore[union-attr]
        elif share.document_id is None:
            remarks.append(Remark(firm, "branch-no-basis", str(share.pk), share.value))
        else:
            found.append(Branch(firm, int(parent or 0), percent, share.pk))
    return found


def _percent(text: str) -> Fraction | None:
    try:
        found = exact(text.strip().rstrip("%％"))
    except UnitError:
        return None
    return found if 0 < found <= WHOLE else None


def divide(branches: list[Branch], picked: Picked, remarks: list[Remark]) -> None:
    """Put the parts in place of the figures; parts are rounded half up to 10⁻⁶, the head keeps the exact rest."""
    by_head: dict[int, list[Branch]] = defaultdict(list)
    for branch in branches:
        by_head[branch.head_id].append(branch)
    for head, mine in sorted(by_head.items()):
        whole, together = picked.values.get((head, TAX)), sum((one.percent for one in mine), Fraction(0))
        if whole is None or together > WHOLE:
            rule = "branch-head-missing" if whole is None else "branch-over"
            remarks += [Remark(one.enterprise_id, rule, str(one.record), f"{float(together):g}%") for one in mine]
            continue
        given = 0
        for one in mine:
            part = (whole.value_e6 * one.percent / WHOLE + Fraction(1, 2)).__floor__()
            given += part
            own = picked.values.get((one.enterprise_id, TAX))
            if own is not None:
                remarks.append(Remark(one.enterprise_id, "branch-own-tax", str(one.record), str(own.value_e6), str(part)))
            facts = (*own.facts, *whole.facts) if own is not None else whole.facts
            picked.values[(one.enterprise_id, TAX)] = Chosen(part + (own.value_e6 if own else 0), facts, one.record)
        picked.values[(head, TAX)] = Chosen(whole.value_e6 - given, whole.facts, mine[0].record)
