"""Words of the map's script, in the user's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def words() -> dict[str, str]:
    return {
        "mu": _("亩"),
        "plots": _("块"),
        "total": _("合计"),
        "picked": _("选中"),
        "list": _("看列表"),
        "merge": _("合并"),
        "nothing": _("没有找到"),
        "refused": _("这块地不在您的管辖范围内"),
        "shapeless": _("这块地没有边界，图上看不到"),
        "trouble": _("图层没有取到"),
        "box": _("按住鼠标拖出一个框"),
        "distance": _("逐点点击量距离，双击结束"),
        "area": _("逐点点击量面积，双击结束"),
        "title": _("工业用地一张图"),
        "legend": _("图例"),
        "date": _("日期"),
        "source": _("来源：腾笼平台地块底数"),
        "caveat": _("仅作摸底，不作为确权或违法认定依据"),
    }
