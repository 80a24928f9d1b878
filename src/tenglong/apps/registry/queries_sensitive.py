"""The masked door: figures of one firm, account numbers and contacts, as the acting user may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from tenglong.apps.accounts.cipher import decrypt
from tenglong.apps.accounts.masking import HIDDEN, is_sensitive, mask
from tenglong.apps.accounts.scope import can, scope_of, scoped
from tenglong.apps.registry.models import AccountLink, EnterpriseVersion, Fact
from tenglong.apps.registry.queries import current

#: account numbers lead to a firm's power, water and tax files
SHOWN_DIGITS = 4


@dataclass(frozen=True)
class FactRow:
    """`value_e6` is value × 10⁶ in the measure's unit, None when it is hidden; `shown` is the text to print."""

    id: int
    subject_type: str
    subject_id: int
    measure: str
    period: str
    value_e6: int | None
    shown: str
    given: str
    department: str
    legal_basis: str
    legal_document: str
    batch_id: int | None
    hidden: bool


@dataclass(frozen=True)
class AccountRow:
    id: int
    kind: str
    number: str
    enterprise_id: int
    plot_id: int | None
    share_bp: int
    valid_from: date
    valid_to: date | None
    evidence: str
    needs_review: bool


@lru_cache(maxsize=1)
def sensitive_measures() -> tuple[str, ...]:
    """Ids of measures that need `sensitive.view`, from `policies/measures.yaml` and the masking table."""
    from tenglong.domain.measures import packaged

    return tuple(name for name, measure in packaged().items() if measure.sensitivity == "sensitive" or is_sensitive(name))


def fact_rows(
    user: Any, *, subject_type: str, subject_ids: list[int], measures: list[str] | None = None, current: bool = True
) -> list[FactRow]:
    """Facts of the subjects, newest period first; sensitive values are *** without `sensitive.view`."""
    found = scoped(user, Fact.objects.filter(subject_type=subject_type, subject_id__in=subject_ids))
    if current:
        found = found.filter(superseded_by__isnull=True)
    if measures is not None:
        found = found.filter(measure__in=measures)
    hidden = frozenset() if can(user, "sensitive.view") else frozenset(sensitive_measures())
    return [_fact_row(fact, fact.measure in hidden) for fact in found.order_by("-period", "measure", "department", "id")]


def own_fact_rows(user: Any, enterprise_id: int, measures: list[str]) -> list[FactRow]:
    """Facts in force of one firm, newest period first: clear for the firm itself, as `fact_rows` for everybody else."""
    if enterprise_id not in scope_of(user).enterprise_ids:
        return fact_rows(user, subject_type="enterprise", subject_ids=[enterprise_id], measures=measures)
    found = Fact.objects.filter(
        subject_type="enterprise", subject_id=enterprise_id, superseded_by__isnull=True, measure__in=measures)
    return [_fact_row(fact, False) for fact in found.order_by("-period", "measure", "department", "id")]


def _fact_row(fact: Fact, hidden: bool) -> FactRow:
    return FactRow(
        fact.pk, fact.subject_type, fact.subject_id, fact.measure, fact.period, None if hidden else fact.value_e6,
        HIDDEN if hidden else e6_text(fact.value_e6), HIDDEN if hidden and fact.given else fact.given, fact.department,
        fact.legal_basis, fact.legal_document, fact.batch_id, hidden,
    )


def e6_text(value_e6: int) -> str:
    """Exact text of value × 10⁶, trailing zeros dropped."""
    sign, size = ("-" if value_e6 < 0 else ""), abs(value_e6)
    return f"{sign}{size // 10**6}.{size % 10**6:06d}".rstrip("0").rstrip(".")


def accounts(
    user: Any, on: date | None = None, *, enterprise_id: int | None = None, plot_id: int | None = None
) -> list[AccountRow]:
    """Power, water, discharge and tax accounts; only the last digits without `sensitive.view`."""
    found = scoped(user, AccountLink.objects.filter(current(on)), "enterprise.view")
    if enterprise_id is not None:
        found = found.filter(enterprise_id=enterprise_id)
    if plot_id is not None:
        found = found.filter(plot_id=plot_id)
    clear = can(user, "sensitive.view")
    return [
        AccountRow(row.pk, row.kind, row.number if clear else masked_number(row.number), row.enterprise_id, row.plot_id,
                   row.share_bp, row.valid_from, row.valid_to, row.evidence, row.needs_review)
        for row in found.order_by("kind", "number", "valid_from")
    ]


def masked_number(number: str) -> str:
    return f"{HIDDEN}{number[-SHOWN_DIGITS:]}" if len(number) > 2 * SHOWN_DIGITS else HIDDEN


def contacts(user: Any, version: EnterpriseVersion) -> dict[str, str]:
    """`contact` and `phone` of a version that the user got from `queries`; masked without `sensitive.view`.

    Raises accounts.cipher.CipherError when the key of this home is another one.
    """
    contact, _, phone = decrypt(version.contact_cipher).partition("\n")
    return {"contact": mask(user, "contact", contact), "phone": mask(user, "phone", phone)}
