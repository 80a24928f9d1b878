"""What a person keeps for a list: saved filters and chosen columns."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.web.models import ColumnChoice, SavedFilter
from tenglong.web.views.back import back_to

MOST = 30  # saved filters per list


@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """The present conditions under a name; the same name again replaces it."""
    name, page, query = (request.POST.get(key, "").strip() for key in ("name", "page", "query"))
    mine = SavedFilter.objects.filter(user_id=request.user.pk or 0, page=page[:48])
    if not name or not page or not query.startswith("?") or len(query) > 2000:
        messages.error(request, _("请给筛选条件起个名字"))
    elif mine.exclude(name=name[:40]).count() >= MOST:
        messages.error(request, _("每张表最多存 %(most)s 个筛选，请先删除不用的") % {"most": MOST})
    else:
        SavedFilter.objects.update_or_create(
            user_id=request.user.pk or 0, page=page[:48], name=name[:40], defaults={"query": query}
        )
        messages.success(request, _("已保存筛选“%(name)s”") % {"name": name[:40]})
    return HttpResponseRedirect(back_to(request))


@require_POST
def drop_filter(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(SavedFilter, pk=pk, user_id=request.user.pk or 0).delete()
    return HttpResponseRedirect(back_to(request))


@require_POST
def choose_columns(request: HttpRequest) -> HttpResponse:
    """`column` may repeat; `reset` goes back to the defaults."""
    page, columns = request.POST.get("page", "")[:48], request.POST.getlist("column")[:100]
    mine = ColumnChoice.objects.filter(user_id=request.user.pk or 0, page=page)
    if request.POST.get("reset") or not columns:
        mine.delete()
    else:
        ColumnChoice.objects.update_or_create(user_id=request.user.pk or 0, page=page, defaults={"columns": columns})
    return HttpResponseRedirect(back_to(request))
