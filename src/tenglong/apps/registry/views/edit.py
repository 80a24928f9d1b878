"""Forms of plots and enterprises: change or correction, effective date, reason, lock, conflict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tenglong.apps.registry import queries, service
from tenglong.apps.registry.errors import Conflict, RegistryError
from tenglong.apps.registry.forms import EnterpriseForm, PlotForm, VersionForm
from tenglong.apps.registry.forms_new import NewPlotForm
from tenglong.apps.registry.views._common import or_404

SALT = "tenglong.registry.edit"
DAYS = frozenset({"registered_on"})


@dataclass(frozen=True)
class Editor:
    """How one noun is edited."""

    noun: str
    form: type[VersionForm]
    find: Callable[..., Any]
    change: Callable[..., Any]
    correct: Callable[..., Any]
    url_name: str
    list_name: str


def plot(request: HttpRequest, ulid: str) -> HttpResponse:
    editor = Editor(
        "plot", PlotForm, queries.plot, service.change_plot, service.correct_plot, "registry:plot", "registry:plots"
    )
    return _edit(request, ulid, editor)


def enterprise(request: HttpRequest, ulid: str) -> HttpResponse:
    editor = Editor(
        "enterprise",
        EnterpriseForm,
        queries.enterprise,
        service.change_enterprise,
        service.correct_enterprise,
        "registry:enterprise",
        "registry:enterprises",
    )
    return _edit(request, ulid, editor)


def _edit(request: HttpRequest, ulid: str, editor: Editor) -> HttpResponse:
    version = or_404(editor.find, request.user, ulid)
    held = {name: getattr(version, name) for name in editor.form.record}
    start = {**held, "lock_version": version.lock_version, "base": seal(held)}
    form = editor.form(request.POST or None, user=request.user, initial=start)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, ulid, editor, form, held)
        except Conflict as found:
            conflict = found
            form = editor.form(_again(request.POST, form, held, found.lock_version), user=request.user, initial=start)
        except RegistryError as refused:
            form.add_error(None, str(refused))
    context = {
        "form": form,
        "version": version,
        "ulid": ulid,
        "editor": editor,
        "conflict": conflict,
        "record_fields": editor.form.record,
    }
    return render(request, "registry/edit.html", context, status=409 if conflict else 422 if form.errors else 200)


def _again(posted: QueryDict, form: VersionForm, held: dict[str, Any], lock_version: int) -> QueryDict:
    """What this editor typed, on top of what stands now: fields that they did not touch take the other person's value."""
    again, seen = posted.copy(), unseal(form.cleaned_data["base"], held)
    for name, value in form.values().items():
        if plain(value) == plain(seen.get(name)):
            shown = form.fields[name].prepare_value(held[name])
            again[name] = "" if shown is None else str(plain(shown))
    again["lock_version"], again["base"] = str(lock_version), seal(held)
    return again


def seal(held: dict[str, Any]) -> str:
    """What the form showed, signed: on a conflict the other person's changes are told against it."""
    return signing.dumps({name: plain(value) for name, value in held.items()}, salt=SALT, compress=True)


def unseal(text: str, held: dict[str, Any]) -> dict[str, Any]:
    """Values that the form showed, in the types of `held`; what stands now if the seal is broken."""
    try:
        seen = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return held
    return {
        name: date.fromisoformat(value) if name in DAYS and value else value for name, value in seen.items() if name in held
    }


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _save(request: HttpRequest, ulid: str, editor: Editor, form: VersionForm, held: dict[str, Any]) -> HttpResponse:
    data, base = form.cleaned_data, unseal(form.cleaned_data["base"], held)
    values = {name: value for name, value in form.values().items() if plain(value) != plain(base[name])}
    told = {"lock_version": data["lock_version"], "reason": data["reason"], "base": base}
    if data["how"] == "change":
        editor.change(request.user, ulid, values, on=data["effective"], **told)
    else:
        editor.correct(request.user, ulid, values, **told)
    messages.success(request, _("已保存"))
    return HttpResponseRedirect(reverse(editor.url_name, args=[ulid]) + "?saved=1")


def new_plot(request: HttpRequest) -> HttpResponse:
    """A plot by hand, without boundary: it gets its code at once."""
    form = NewPlotForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            data, values = form.cleaned_data, form.values()
            made = service.create_plot(
                request.user, values, on=data["effective"], town=values.pop("division_code"), reason=data["reason"]
            )
            messages.success(request, _("已建档，并赋了地块码 %(code)s") % {"code": made.code})
            return HttpResponseRedirect(reverse("registry:plot", args=[made.plot.ulid]) + "?saved=1")
        except RegistryError as refused:
            form.add_error(None, str(refused))
    return render(
        request, "registry/new_plot.html", {"form": form, "record_fields": form.record}, status=422 if form.errors else 200
    )
