"""What an empty register says on the workbench: the steps from nothing to a map, gone once they are done."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from tenglong.apps.registry import queries


def panel(request: HttpRequest) -> str:
    """"" when there are towns and plots."""
    steps = []
    if not queries.divisions(request.user, level="town").exists():
        words = _("建立本县的镇街、界线和县域概况，由系统管理员在本机执行")
        steps.append((words, _("tenglong county init 县级代码 --outlines 镇街界线文件")))
    if not queries.plots(request.user).exists():
        words = _("导入摸排资料：在“摸排”里上传，或在本机整夹导入")
        steps.append((words, _("tenglong import folder 资料目录 --as 用户名")))
    if not steps:
        return ""
    lines = format_html_join("", "<li><p>{}</p><p><code>{}</code></p></li>", steps)
    return format_html('<p class="muted">{}</p><ol class="stack">{}</ol>', _("登记册还是空的，按下面的步骤开始。"), lines)
