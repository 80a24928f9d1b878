"""闲置土地: from a clue to a decision; amounts stay with the people of the case."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from tenglong.apps.renewal.models.base import Named, case_key, plot_key


class IdleState(models.TextChoices):
    """States of `policies/idle_land`; the case `idle-land` has the same."""

    CLUE = "clue", _("线索")
    INQUIRY = "inquiry", _("调查")
    RECOGNISED = "recognised", _("已认定")
    HEARING = "hearing", _("告知与听证")
    FEE_DECIDED = "fee_decided", _("已决定征缴土地闲置费")
    TAKE_BACK_DECIDED = "take_back_decided", _("已决定收回")
    AGREED = "agreed", _("已签协商处置协议")
    DISMISSED = "dismissed", _("不构成闲置")
    CLOSED = "closed", _("处置完毕")


class IdleLand(Named):
    """One plot. `facts`: name → {value, document, on} and `causes`; `steps`: [{state, on, document}], oldest first;
    before recognition every screen says 疑似闲置."""

    plot = plot_key()
    plot_code = models.CharField(_("地块码"), max_length=24)
    division_code = models.CharField(_("镇街"), max_length=12, db_index=True)
    holder_id = models.BigIntegerField(null=True)
    land_cm2 = models.BigIntegerField(_("面积"))
    state = models.CharField(_("状态"), max_length=20, choices=IdleState.choices, default=IdleState.CLUE)
    kind = models.CharField(_("类型"), max_length=16, blank=True)  # not_started stalled
    facts = models.JSONField(default=dict, blank=True)
    steps = models.JSONField(default=list, blank=True)
    price_fen = models.BigIntegerField(_("价款"), null=True)  # only for the team
    policy_pin = models.CharField(max_length=64, blank=True)
    disposal = models.CharField(_("处置方式"), max_length=32, blank=True)
    case = case_key()
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]


class IdleMember(models.Model):
    """Who may see amounts of this case, and write its steps."""

    idle = models.ForeignKey(IdleLand, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_by_id = models.BigIntegerField(null=True)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idle", "user"], name="idle_member_once")]
