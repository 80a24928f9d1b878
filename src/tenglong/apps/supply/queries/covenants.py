"""Covenants in sight: pages and twins alike. Sensitive values are hidden as the register hides them; amounts are read here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from tenglong.apps.accounts.masking import HIDDEN
from tenglong.apps.accounts.scope import can, scope_of, scoped
from tenglong.apps.supply.models import CheckMember, Covenant, CovenantCheck, CovenantFirm, Extension, NodeReminder
from tenglong.apps.supply.service.covenants_facts import sensitive
from tenglong.apps.supply.service.covenants_picture import Picture, rules
from tenglong.domain.landing.covenant.audience import may_see_amount
from tenglong.domain.landing.covenant.policy import CovenantPolicy, Reader
from tenglong.domain.landing.covenant.texts import number

VIEW, OWN = "covenant.view", "covenant.own"
MODES: Final = {"single": "单年度", "average": "年平均", "cumulative": "累计"}


def covenants(user: Any) -> QuerySet[Covenant]:
    """Of the offices' reach."""
    return scoped(user, Covenant.objects.all(), VIEW)


def covenant(user: Any, ulid: str) -> Covenant:
    """Raises Covenant.DoesNotExist."""
    return covenants(user).select_related("enterprise").get(ulid=ulid)


def own_covenants(user: Any) -> QuerySet[Covenant]:
    """Of the enterprise that signed in, and of no other."""
    return scoped(user, Covenant.objects.filter(enterprise_id__in=scope_of(user, OWN).enterprise_ids), OWN)


def own_covenant(user: Any, ulid: str) -> Covenant:
    """Raises Covenant.DoesNotExist."""
    return own_covenants(user).get(ulid=ulid)


def checks(user: Any) -> QuerySet[CovenantCheck]:
    """Without amounts."""
    verb = VIEW if can(user, VIEW) else OWN
    return scoped(user, CovenantCheck.objects.defer("amounts"), verb)


def check(user: Any, ulid: str) -> CovenantCheck:
    """Raises CovenantCheck.DoesNotExist."""
    return checks(user).select_related("covenant", "case").get(ulid=ulid)


def extensions(user: Any, held: Covenant) -> QuerySet[Extension]:
    return scoped(user, Extension.objects.filter(covenant=held)).select_related("case")


def firms(user: Any, held: Covenant) -> QuerySet[CovenantFirm]:
    return scoped(user, CovenantFirm.objects.filter(covenant=held))


def near(user: Any, today: date, verb: str = VIEW) -> QuerySet[NodeReminder]:
    """Reminders of nodes that are not reached yet, the nearest first; of each node the latest alone matters."""
    rows = scoped(user, NodeReminder.objects.filter(agreed_on__gte=today, covenant__ended_on=None), verb)
    return rows.select_related("covenant").order_by("agreed_on", "ahead", "pk")


# ---- 五未


@dataclass(frozen=True)
class Lack:
    """One word of 五未: how many covenants lack it, how many are past the agreed day or have none; land in cm²."""

    id: str
    label: str
    count: int
    late: int
    no_date: int
    land_cm2: int


@dataclass(frozen=True)
class Five:
    lacks: list[Lack]
    total: int
    land_cm2: int

    @property
    def reached(self) -> int:
        """Covenants of which every node is reached."""
        return self.total - sum(one.count for one in self.lacks)


def five(user: Any, today: date) -> Five:
    """One statement over the covenants in sight whose supervision goes on."""
    found = covenants(user).filter(ended_on=None)
    late, bare = Count("pk", filter=Q(due_on__lt=today)), Count("pk", filter=Q(due_on=None))
    sums = found.order_by().values("lacking").annotate(n=Count("pk"), late=late, bare=bare, land=Sum("land_cm2"))
    rows = {row["lacking"]: row for row in sums}
    lacks = []
    for name, node in rules().policy.nodes.items():
        row = rows.get(name, {"n": 0, "late": 0, "bare": 0, "land": 0})
        lacks.append(Lack(name, node.lacks, row["n"], row["late"], row["bare"], row["land"] or 0))
    return Five(lacks, sum(row["n"] for row in rows.values()), sum(row["land"] or 0 for row in rows.values()))


# ---- what stands


def standing_rows(held: Picture) -> list[dict[str, Any]]:
    """Each agreed indicator: what stands, in which paper, what it superseded, and papers that differ."""
    return [_standing(held, name, stands) for name, stands in held.indicators.items()]


def _standing(held: Picture, name: str, stands: Any) -> dict[str, Any]:
    rule, paper = held.policy.indicators[name], held.paper(stands.line)
    others = [_said(held, line) for line in stands.living if line is not stands.line]
    return {
        "id": name, "label": rule.label, "unit": rule.unit, "note": rule.note,
        "agreed": number(stands.terms.at_least) if stands.terms else "", "when": when(held.policy, stands.terms),
        "paper": _paper(held, paper), "conflict": stands.conflict, "others": others,
        "over": [_said(held, line) for line in stands.over], "dropped": stands.line is not None and stands.terms is None}


def _said(held: Picture, line: Any) -> str:
    value = number(line.terms.at_least) if line.terms else "取消"
    return f"{_paper(held, held.paper(line))} {value}"


def _paper(held: Picture, paper: Any) -> str:
    return f"{held.policy.papers[paper.kind].label} {paper.number}（{paper.effective_on}）" if paper else ""


def when(policy: CovenantPolicy, terms: Any) -> str:
    """“年平均 · 投产后第 2 个完整年度起 3 年”."""
    if terms is None:
        return ""
    after = policy.nodes[terms.after].label if terms.after else ""
    start = f"{terms.first_year} 年起" if terms.first_year else f"{after}后第 {terms.plus} 个完整年度起"
    return f"{MODES[terms.mode]} · {start} {terms.years} 年"


def node_rows(held: Picture) -> list[dict[str, Any]]:
    """Five nodes with agreed and actual days, days late and the paper of the agreed day."""
    found = []
    for one in held.progress.nodes:
        stands = held.nodes.get(one.id)
        found.append({
            "id": one.id, "label": one.label, "lacks": one.lacks, "agreed": one.agreed, "done": one.done, "late": one.days_late,
            "state": one.state, "paper": _paper(held, held.paper(stands.line)) if stands else "",
            "conflict": bool(stands and stands.conflict),
            "over": [f"{_paper(held, held.paper(line))} {line.terms or '取消'}" for line in stands.over] if stands else []})
    return found


# ---- checks


def readers_of(user: Any, row: CovenantCheck) -> list[Reader]:
    """What the person is to the case of this check."""
    found: list[Reader] = []
    if CheckMember.objects.filter(check_row=row, user_id=user.pk).exists():
        found.append("team")
    if row.covenant.enterprise_id in scope_of(user, OWN).enterprise_ids:
        found.append("firm")
    if can(user, VIEW) and covenants(user).filter(pk=row.covenant_id).exists():
        found.append("office")
    return found


def shown_check(user: Any, row: CovenantCheck) -> dict[str, Any]:
    """Page and twin alike: every figure with its numerator, denominator and sources, and amounts for whom it is time."""
    rule = rules(row.policy).policy
    clear = _clear(user, row)
    return {
        "ulid": row.ulid, "covenant": row.covenant.ulid, "number": row.covenant.number, "on": row.on.isoformat(),
        "stage": row.stage, "stage_label": rule.stages[row.stage].label if row.stage in rule.stages else "",
        "rows": [_result(rule, one, clear, _says(user, row)) for one in row.result["rows"]],
        "nodes": [{**one, "label": rule.nodes[one["id"]].label, "lacks": rule.nodes[one["id"]].lacks}
                  for one in row.result["nodes"]],
        "gaps": row.result["gaps"], "left_out": row.result["firms"]["left_out"] if can(user, VIEW) else [],
        "open": row.result["firms"]["open"] if can(user, VIEW) else [], **_amounts(user, row, rule, clear)}


def _clear(user: Any, row: CovenantCheck) -> bool:
    """Whether sensitive figures may be shown: by permission, or all of them are the reader's own firm's."""
    counted = row.result["firms"]["counted"]
    own = bool(counted) and set(counted) <= scope_of(user, OWN).enterprise_ids
    return own or (can(user, VIEW) and can(user, "sensitive.view"))


def _says(user: Any, row: CovenantCheck) -> bool:
    """Whether sentences that name the firms on the land may be read: by offices, and by a firm that is alone on it."""
    firms = row.result["firms"]
    own = scope_of(user, OWN).enterprise_ids
    return can(user, VIEW) or (set(firms["counted"]) <= own and not firms["open"] and not firms["left_out"])


def _result(rule: CovenantPolicy, one: dict[str, Any], clear: bool, says: bool) -> dict[str, Any]:
    indicator = rule.indicators[one["indicator"]]
    hidden = sensitive(indicator.measures) and not clear
    values = [{"year": value["year"], "value": _shown(value["value"], hidden), "top": _shown(value["top"], hidden),
               "bottom": _shown(value["bottom"], hidden), "why": _why(value["why"], says),
               "sources": [] if hidden or not says else value["sources"]}
              for value in one["values"]]
    return {"id": one["indicator"], "label": indicator.label, "unit": indicator.unit, "verdict": one["verdict"],
            "agreed": _shown(one["agreed"], False), "reached": _shown(one["reached"], hidden), "why": _why(one["why"], says),
            "years": one["years"], "mode": MODES.get(one["mode"], ""), "conflict": one["conflict"], "values": values}


def _why(text: str, says: bool) -> str:
    return text if says or not text else "缺数"


def _shown(text: str | None, hidden: bool) -> str:
    if text is None:
        return ""
    return HIDDEN if hidden else number(Fraction(text))


def _amounts(user: Any, row: CovenantCheck, rule: CovenantPolicy, clear: bool) -> dict[str, Any]:
    """Read from the store only when it is this reader's time. `amount_note` says why not."""
    if not row.stage:
        return {"amounts": None, "total_fen": None, "amount_note": _("金额在发起核查案件后由办案组核算")}
    if not may_see_amount(rule, row.stage, readers_of(user, row)):
        return {"amounts": None, "total_fen": None, "amount_note": _("金额在告知前仅办案组可见，决定前不出案件")}
    kept = CovenantCheck.objects.filter(pk=row.pk).values_list("amounts", flat=True).get()
    named = CheckMember.objects.filter(check_row=row, user_id=user.pk).exclude(added_by_id=user.pk).exists()
    told = [_amount(rule, one, clear or named) for one in kept]
    known = [one["fen"] for one in told]
    return {"amounts": told, "total_fen": None if None in known else sum(known), "amount_note": ""}


def _amount(rule: CovenantPolicy, one: dict[str, Any], clear: bool) -> dict[str, Any]:
    about = rule.indicators.get(one["about"])
    if about is not None and sensitive(about.measures) and not clear:
        return {**one, "exact": None, "fen": None, "steps": [], "why": _("依据敏感数据核算，须有敏感数据权限，或由办案组指名")}
    return one


def sources(rows: Iterable[dict[str, Any]], kind: str) -> list[int]:
    """Keys of the sources of a kind that shown rows lead to."""
    found = [text.partition(":") for row in rows for value in row["values"] for text in value["sources"]]
    return sorted({int(key) for name, _colon, key in found if name == kind})
