"""A case of the demo county laid into the past, so that its waits are over on the day somebody looks at it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from tenglong.apps.audit import service as audit
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import Case, CaseEvent, Task
from tenglong.apps.casework.tasks import locked
from tenglong.apps.casework.working import settle_due
from tenglong.domain.delta import Delta


@transaction.atomic
def pretend_earlier(actor: Any, ulid: str, days: int) -> Case:
    """Everything of the case so far happened `days` ago. For demo accounts alone: a true case keeps its days. Raises CaseError.
    """
    if not getattr(actor, "is_demo", False):
        raise CaseError(_("案件的日期不能改动；只有示范数据可以把案件放到过去。"))
    if days < 0:
        raise CaseError(_("天数不能为负。"))
    case, back = locked(actor, ulid, None), timedelta(days=days)
    Case.objects.filter(pk=case.pk).update(opened_on=F("opened_on") - back, entered_on=F("entered_on") - back)
    CaseEvent.objects.filter(case=case).update(on=F("on") - back)
    mine = Task.objects.filter(case=case)
    mine.update(opened_on=F("opened_on") - back)
    mine.filter(due_on__isnull=False).update(due_on=F("due_on") - back)
    mine.filter(escalates_after__isnull=False).update(escalates_after=F("escalates_after") - back)
    mine.filter(done_on__isnull=False).update(done_on=F("done_on") - back)
    settle_due(Case.objects.get(pk=case.pk))
    earlier = case.opened_on - back
    audit.record(actor, "case.demo_past", "case", ulid, deltas=[Delta("opened_on", case.opened_on, earlier)])
    return Case.objects.get(pk=case.pk)
