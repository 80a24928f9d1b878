"""整治成效: one row per plot and firm brought to its end, by which route; the counters of the county are sums of these."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.renewal.models.base import Named, case_key


class Treated(Named):
    """Written when a case closes with the evidence of its route, or from a dated record of earlier years (`source`)."""

    plot_id = models.BigIntegerField(null=True, db_index=True)
    plot_code = models.CharField(_("地块码"), max_length=24, blank=True)
    enterprise_id = models.BigIntegerField(null=True, db_index=True)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    route = models.CharField(_("路径"), max_length=32)
    counter = models.CharField(_("计入"), max_length=32)  # counter the route feeds
    land_cm2 = models.BigIntegerField(_("面积"), default=0)
    done_on = models.DateField(_("完成日期"))
    source = models.CharField(_("来源"), max_length=200, blank=True)
    before = models.JSONField(default=dict, blank=True)  # measure → value × 10⁶ as text
    case = case_key()

    class Meta:
        ordering = ["-done_on", "-id"]
        indexes = [models.Index(fields=["counter", "done_on"], name="treated_counter")]
