"""整治成效: one row per closed case and counter, or per line of a dated record; the counters of the county are sums of these.

Counters are independent: land treated is not the land of the firms treated, and no figure is worked out from another.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenglong.apps.renewal.models.base import Named, case_key, document_key, person_key


class Treated(Named):
    """Written when a case closes with the evidence of its route, or from a dated record of earlier years (`source`).

    `before`: {"year", "on"} – the year and the day whose figures of the register stand for what was before; `recorded`:
    {measure: value × 10⁶ as text} as the dated record tells them, "period" the year it tells of.
    """

    plot_id = models.BigIntegerField(null=True, db_index=True)
    plot_code = models.CharField(_("地块码"), max_length=24, blank=True)
    enterprise_id = models.BigIntegerField(null=True, db_index=True)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    route = models.CharField(_("路径"), max_length=32, blank=True)  # "": the record does not tell
    counter = models.CharField(_("计入"), max_length=32)  # the one counter that this row feeds
    land_cm2 = models.BigIntegerField(_("面积"), default=0)  # only where the counter adds up land
    done_on = models.DateField(_("完成日期"))
    source = models.CharField(_("来源"), max_length=200, blank=True)
    before = models.JSONField(default=dict, blank=True)
    case = case_key()
    document = document_key()
    voided_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    voided_by = person_key()
    void_reason = models.CharField(_("撤销理由"), max_length=500, blank=True)

    class Meta:
        ordering = ["-done_on", "-id"]
        indexes = [models.Index(fields=["counter", "done_on"], name="treated_counter")]
        constraints = [
            models.UniqueConstraint(fields=["case", "counter"], name="treated_once_per_case",
                                    condition=Q(case__isnull=False, voided_at__isnull=True)),
        ]
