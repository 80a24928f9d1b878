"""A run and a firm in it as the user may see them; addresses that differ for an office and for the firm itself."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.accounts.scope import can
from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.views.common import or_404

STANDINGS = {
    "graded": gettext_lazy("已定等级"), "ungraded": gettext_lazy("不定等级"), "excluded": gettext_lazy("不参加评价"),
    "outside": gettext_lazy("不在范围"), "refused": gettext_lazy("缺数未计分"), "merged": gettext_lazy("合并评价"),
    "follows": gettext_lazy("随出租方"),
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def run_or_404(request: HttpRequest, ulid: str) -> Any:
    return or_404(lambda: queries.run(request.user, ulid), _("没有这次运算，或它不在您的管辖范围内。"))


def result_or_404(request: HttpRequest, run: Any, key: str) -> Any:
    """Somebody else's result is as absent as one that never was."""
    found = queries.results(request.user, run).filter(key=key).first()
    if found is None:
        raise Http404(_("没有这家企业的评价结果，或它不在您的管辖范围内。"))
    return found


def is_own(request: HttpRequest) -> bool:
    """A firm reading itself, by addresses of its own."""
    return not can(request.user, "evaluation.view")


def firm_url(request: HttpRequest, page: str, run: Any, key: str, *more: str) -> str:
    """`page` is `result`, `source`, …; the firm's own addresses begin with `own-`."""
    return reverse(f"evaluation:{'own-' if is_own(request) else ''}{page}", args=[run.ulid, key, *more])


def points(total: int | None, decimals: int) -> str:
    return "" if total is None else f"{total / 10**decimals:.{decimals}f}"


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """Always as an attachment."""
    from django.utils.http import content_disposition_header

    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def group_labels(run: Any) -> dict[str, str]:
    from tenglong.apps.evaluation.schemes import Pinned

    rule = Pinned.of(run.scheme_id, run.scheme_version, run.scheme_pin, run.scheme_text)
    return {name: group.label for name, group in rule.compiled.scheme.groups.items()}


def grade_order(run: Any) -> tuple[str, ...]:
    """Grades of all groups, best first."""
    from tenglong.apps.evaluation.schemes import Pinned

    rule = Pinned.of(run.scheme_id, run.scheme_version, run.scheme_pin, run.scheme_text)
    found: dict[str, None] = {}
    for group in rule.compiled.scheme.groups.values():
        if group.grades is not None:
            found.update(dict.fromkeys(group.grades.order))
    return tuple(found)
