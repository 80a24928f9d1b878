"""Files that back a record: upload, download."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.registry import queries, service
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.forms_document import DocumentForm
from tenglong.apps.registry.views._common import or_404

SUBJECTS = {"plot": queries.plot, "enterprise": queries.enterprise}


@require_POST
def add(request: HttpRequest, subject: str, ulid: str) -> HttpResponse:
    if subject not in SUBJECTS:
        raise Http404
    version = or_404(SUBJECTS[subject], request.user, ulid)
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            service.add_document(
                request.user,
                data["file"].name,
                data["file"].read(),
                kind=data["kind"],
                subject_type=subject,
                subject_id=getattr(version, f"{subject}_id"),
                number=data["number"],
                dated=data["dated"],
            )
            messages.success(request, _("已上传“%(name)s”") % {"name": data["file"].name})
        except RegistryError as refused:
            messages.error(request, str(refused))
    else:
        messages.error(request, "；".join(str(error) for errors in form.errors.values() for error in errors))
    return HttpResponseRedirect(reverse(f"registry:{subject}", args=[ulid]) + "?tab=documents#tabs")


@require_GET
def download(request: HttpRequest, ulid: str) -> HttpResponseBase:
    """The file as it came; always as an attachment, never shown in the page."""
    document = queries.documents(request.user).filter(ulid=ulid).first()
    if document is None:
        raise Http404
    path = service.document_path(document)
    if not path.exists():
        raise Http404(_("文件不在库里，请联系系统管理员核对备份"))
    return FileResponse(path.open("rb"), as_attachment=True, filename=document.name, content_type="application/octet-stream")
