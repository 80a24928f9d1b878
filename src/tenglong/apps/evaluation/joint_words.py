"""What the rule of a cycle makes of joint units, in sentences for people who enter them."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.evaluation.service.cycle import rule_of

TAKES: Final = {
    "own": gettext_lazy("以单独评价的等级为准"), "joint": gettext_lazy("以合并评价的等级为准"),
    "better": gettext_lazy("取两个等级中较好的"), "worse": gettext_lazy("取两个等级中较差的"),
}
COUNTS: Final = {"own": gettext_lazy("成员各算一家计入排名总数"), "joint": gettext_lazy("整个单元算一家计入排名总数")}
VETOES: Final = {"any": gettext_lazy("任一成员被否决即及于整个单元"), "head": gettext_lazy("只看牵头企业的否决")}


def joint_words(cycle: Any) -> str:
    """What the rule leaves open is said to be open."""
    joint = rule_of(cycle).compiled.scheme.joint
    if joint is None:
        return _("评价办法没有写明是否允许合并评价，登记的单元不参加运算。")
    if not joint.allowed:
        return _("评价办法不允许合并评价。")
    open_ = gettext_lazy("评价办法没有写明")
    vetoes = VETOES.get(joint.vetoes or "", open_)
    if joint.mixed == "none":
        return _("按本批次的办法，一个单元合成一家评价，全体成员同一结果；%(vetoes)s。") % {"vetoes": vetoes}
    return _("按本批次的办法，成员单独评价，单元另有一个合并结果；等级%(takes)s，%(counts)s；%(vetoes)s。") % {
        "takes": TAKES.get(joint.takes or "", open_), "counts": COUNTS.get(joint.counts or "", open_), "vetoes": vetoes}
