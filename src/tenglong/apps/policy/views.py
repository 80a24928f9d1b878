"""The policy editor: text with line-numbered errors, difference, submit, approval by a second person."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.policy import service
from tenglong.apps.policy.models import PolicyVersion
from tenglong.domain.policy import Problem
from tenglong.domain.policy.schemas import BODY_SCHEMAS, LABELS


class TextForm(forms.Form):
    """The text and the hash its editor started from."""

    text = forms.CharField(label=gettext_lazy("政策文本（YAML）"), widget=forms.Textarea(attrs={
        "rows": 28, "spellcheck": "false", "class": "code", "wrap": "off"}), strip=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


def label_of(kind: str) -> str:
    """What people call this kind of policy; the kind itself when nobody named it."""
    return _(LABELS.get(kind, kind))


@requires("policy.view")
def listing(request: HttpRequest) -> HttpResponse:
    rows = [{**row, "label": label_of(row["kind"])} for row in service.listing()]
    return render(request, "policy/list.html", {"rows": rows})


@requires("policy.view")
def show(request: HttpRequest, kind: str, id: str) -> HttpResponse:  # noqa: A002
    """The policy in force, and every version of it."""
    try:
        loaded = service.current(kind, id)
    except KeyError:
        loaded = None
    versions = PolicyVersion.objects.filter(kind=kind, policy_id=id).select_related("author", "approver").order_by("-pk")
    packaged = [] if loaded else service.packaged_versions(kind, id)
    if loaded is None and not versions and not packaged:
        return render(request, "404.html", status=404)
    return render(request, "policy/show.html", {"kind": kind, "id": id, "loaded": loaded, "versions": versions,
                                                "packaged": packaged,
                                                "label": label_of(kind)})


@requires("policy.edit")
def edit(request: HttpRequest, kind: str, id: str) -> HttpResponse:  # noqa: A002
    """Saves a draft; a second editor of the same draft sees the difference first and keeps their own text."""
    start = _starting_text(kind, id)
    draft = PolicyVersion.objects.filter(kind=kind, policy_id=id, state="draft").order_by("-pk").first()
    form = TextForm(request.POST or None, initial={"text": draft.yaml_text if draft else start, "seen": _sha(draft)})
    problems: list[Problem] = []
    changed = ""
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"].replace("\r\n", "\n")
        if draft is not None and form.cleaned_data["seen"] != draft.sha256:
            changed = service.diff(text, draft.yaml_text, _("您的文本"), _("别人刚保存的草稿"))
            given = request.POST.copy()
            given["seen"] = draft.sha256
            form.data = given
        else:
            try:
                row = service.load_text(request.user, kind, id, text, origin=_("浏览器编辑"))
                messages.success(request, _("草稿已保存"))
                return redirect("policy:version", ulid=row.ulid)
            except service.PolicyError as error:
                problems = list(error.problems)
            except service.PolicyStateError as error:
                form.add_error(None, str(error))
    return render(request, "policy/edit.html", {"kind": kind, "id": id, "form": form, "problems": problems, "changed": changed,
                                                "label": label_of(kind)})


@requires("policy.view")
def version(request: HttpRequest, ulid: str) -> HttpResponse:
    row = get_object_or_404(PolicyVersion.objects.select_related("author", "approver"), ulid=ulid)
    difference = service.diff(_starting_text(row.kind, row.policy_id), row.yaml_text, _("现行"), _("新版"))
    return render(request, "policy/version.html", {
        "row": row, "label": label_of(row.kind), "difference": difference.splitlines(),
        "lines": list(enumerate(row.yaml_text.splitlines(), 1)), "may_edit": can(request.user, "policy.edit"),
        "may_approve": can(request.user, "policy.approve") and row.author_id != request.user.pk, "today": timezone.localdate(),
    })


STEPS = {"submit": "policy.edit", "approve": "policy.approve", "send-back": "policy.approve", "retire": "policy.approve"}


@require_POST
@requires("policy.view")
def step(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """One step of a version; the service checks the verb of that step."""
    row = get_object_or_404(PolicyVersion, ulid=ulid)
    reason = request.POST.get("reason", "")
    try:
        if name == "submit":
            service.submit(request.user, row)
        elif name == "approve":
            service.approve(request.user, row)
        elif name == "send-back":
            service.send_back(request.user, row, reason)
        elif name == "retire":
            service.retire(request.user, row, timezone.localdate(), reason)
        messages.success(request, _("已完成"))
    except service.PolicyStateError as error:
        messages.error(request, str(error))
    return redirect("policy:version", ulid=ulid)


def _starting_text(kind: str, id: str) -> str:  # noqa: A002
    if kind not in BODY_SCHEMAS:
        return ""
    try:
        return service.current(kind, id).text
    except (KeyError, service.PolicyError):
        return ""


def _sha(draft: PolicyVersion | None) -> str:
    return draft.sha256 if draft else ""


