"""Codes by their standards, asked of `domain.codes`; the rule ids are those of `tenglong code explain`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from tenglong.domain.codes.cadastre import explain_cadastre
from tenglong.domain.codes.model import Kind
from tenglong.domain.codes.uscc import check_uscc
from tenglong.domain.quality.issue import Issue
from tenglong.domain.quality.registry import NotApplicable, check
from tenglong.domain.quality.subject import Subject
from tenglong.policies import code_books

#: parcel, and real-estate unit that begins with its parcel (GB/T 37346)
CODE_LENGTHS: Final = (19, 28)
MANY: Final = 20
USCC_FIELDS: Final = ("uscc", "holder_uscc", "landlord_uscc")


@check("code-invalid", kinds=("parcels", "enterprises", "occupancies", "accounts", "facts"))
def credit_codes(subject: Subject) -> Iterator[Issue]:
    """Every credit code of the row, each different code judged once."""
    for field in USCC_FIELDS:
        yield from _judged(subject, field, check_uscc)


@check("code-invalid", kinds=("parcels", "links", "buildings"))
def parcel_codes(subject: Subject) -> Iterator[Issue]:
    """19 characters of GB/T 37346, each part by its list."""
    if _of_another_register(subject):
        raise NotApplicable("多数编号不是 19 位宗地代码，按原登记机关的编号对待，不按 GB/T 37346 检查")
    books = code_books()
    yield from _judged(subject, "parcel_code", lambda code: explain_cadastre(Kind.PARCEL, code, None, books).issues)


def _of_another_register(subject: Subject) -> bool:
    """No code is as long as ours, or few of many are: old or foreign numbers, not slips of the pen."""
    lengths = [len(str(code)) for code in subject.batch.column("parcel_code") if code]
    ours = sum(length in CODE_LENGTHS for length in lengths)
    return bool(lengths) and (ours == 0 or (len(lengths) >= MANY and ours * 2 < len(lengths)))


def _judged(subject: Subject, field: str, judge: Callable[[str], Iterable[Issue]]) -> Iterator[Issue]:
    known: dict[str, list[Issue]] = {}
    for index, value in enumerate(subject.batch.column(field)):
        code = str(value or "")
        if not code:
            continue
        if code not in known:
            known[code] = list(judge(code))
        for issue in known[code]:
            yield replace(issue, dataset=subject.kind, row=subject.batch.rows[index], key=subject.key(index), field=field,
                          value=subject.given(field, index))
