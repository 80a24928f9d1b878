"""The tree of departments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from tenglong.apps.accounts import service
from tenglong.apps.accounts.forms import DepartmentForm
from tenglong.apps.accounts.locking import Stale
from tenglong.apps.accounts.models import Department
from tenglong.apps.accounts.scope import requires
from tenglong.apps.accounts.views.own import me


@requires("user.manage")
def departments(request: HttpRequest) -> HttpResponse:
    rows = [("\u3000" * depth, row) for depth, row in tree(Department.objects.all())]
    return render(request, "accounts/departments.html", {"rows": rows})


def tree(rows: object) -> Iterator[tuple[int, Department]]:
    """(depth, department), children under their parent, by name."""
    below: dict[int | None, list[Department]] = defaultdict(list)
    for row in rows:  # type: ignore[attr-defined]
        below[row.parent_id].append(row)
    stack = [(0, row) for row in reversed(below[None])]
    while stack:
        depth, row = stack.pop()
        yield depth, row
        stack += [(depth + 1, child) for child in reversed(below[row.pk])]


@requires("user.manage")
def department(request: HttpRequest, ulid: str = "") -> HttpResponse:
    """New without `ulid`, else change."""
    row = get_object_or_404(Department, ulid=ulid) if ulid else Department()
    form = DepartmentForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        target = Department.objects.get(pk=row.pk) if row.pk else Department()
        try:
            service.save_department(me(request), target, form.values(), form.cleaned_data.get("lock_version"))
            messages.success(request, _("已保存"))
            return redirect("accounts:departments")
        except Stale:
            form.mark_stale(Department.objects.get(pk=row.pk))
        except service.AccountError as error:
            form.add_error(None, str(error))
    title = row.name if ulid else _("新建部门")
    return render(request, "accounts/form.html", {"form": form, "title": title, "back": "accounts:departments"})
