"""Scans that no code brought to their sheet: one person says whose they are, another looks and files them."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.models import Sheet, UnreadScan
from tenglong.apps.evaluation.service.unread import Unread, same_version
from tenglong.apps.jobs import service as jobs
from tenglong.apps.registry import service as registry


def page(name, *args):
    return reverse(f"evaluation:{name}", args=args)


def pdf():
    made, out = pypdfium2.PdfDocument.new(), io.BytesIO()
    made.new_page(300, 400)
    made.save(out)
    return out.getvalue()


@pytest.fixture
def torn(world):
    """Two pages without a readable code, and a third that could not be taken out."""
    world.land()
    world.data()
    world.sheets()
    pages = [Unread(0, "一叠.pdf", 1, "qr-missing", content=pdf()), Unread(1, "一叠.pdf", 2, "qr-missing", content=pdf()),
             Unread(2, "一叠.pdf", 3, "page-broken")]
    service.keep_unread(world.actor, world.fresh(), "0" * 26, pages)
    return world


def unread(*places):
    return [row.ulid for row in UnreadScan.objects.filter(place__in=places).order_by("place")]


def sheet(number=3):
    return Sheet.objects.get(enterprise_id=number, voided_at__isnull=True)


def second(cast):
    """A second person of the county who may organise evaluations."""
    from tenglong.apps.accounts.models import RoleGrant

    RoleGrant.objects.filter(user=cast.leader).update(role="county_admin")
    return type(cast.leader).objects.get(pk=cast.leader.pk)


def test_a_page_without_a_code_is_kept_with_its_picture_and_its_own_file(torn, sign_in):
    from PIL import Image, ImageDraw

    picture, made = Image.new("L", (1200, 1700), 255), io.BytesIO()
    ImageDraw.Draw(picture).rectangle((200, 200, 900, 1200), fill=60)
    picture.save(made, "PNG")
    client = sign_in(torn.actor)
    answer = client.post(page("scans", torn.cycle.ulid), {"files": [SimpleUploadedFile("照片.png", made.getvalue())]})
    jobs.run_now(jobs.by_ulid(answer.url.split("/")[2]))
    kept = UnreadScan.objects.get(file__endswith="照片.png")
    assert registry.document_path(kept.document).read_bytes()[:5] == b"%PDF-"
    shown = client.get(page("unread", torn.cycle.ulid)).content.decode()
    assert page("unread-picture", kept.ulid) in shown
    assert b"".join(client.get(page("unread-picture", kept.ulid)).streaming_content)[:2] == b"\xff\xd8"


def test_one_matches_another_files_and_the_audit_names_both(torn, sign_in):
    client = sign_in(torn.actor)
    form = {"page": unread(0, 1), "firm": "企业03", "printed": sheet().version_hash[:16], "agrees": "yes"}
    assert client.post(page("unread-match", torn.cycle.ulid), form).status_code == 302
    client.post(page("unread-decide", sheet().ulid), {"step": "file"})
    assert sheet().state == "undelivered"
    sign_in(second(torn.cast)).post(page("unread-decide", sheet().ulid), {"step": "file"})
    filed = sheet()
    assert filed.state == "sealed"
    assert len(pypdfium2.PdfDocument(registry.document_path(filed.scanned_document).read_bytes())) == 2
    entry = AuditEntry.objects.get(action="sheet.sealed", subject_id=filed.ulid)
    assert f"{torn.actor.name} 核对，{torn.cast.leader.name} 复核" in entry.reason
    assert set(UnreadScan.objects.filter(place__in=(0, 1)).values_list("state", flat=True)) == {"filed"}


@pytest.mark.parametrize(("more", "said"), [
    ({"printed": "0123456789abcdef"}, "对不上"),
    ({"agrees": "no"}, "与这一版数据不一致"),
    ({"firm": "企业0"}, "有几家企业"),
    ({"firm": "没有这家"}, "没有“没有这家”的有效单子"),
    ({"page": []}, "请勾选"),
])
def test_what_does_not_fit_is_refused_in_a_sentence(torn, sign_in, more, said):
    form = {"page": unread(0), "firm": torn.firms[3].key, "printed": "", "agrees": "yes", **more}
    answer = sign_in(torn.actor).post(page("unread-match", torn.cycle.ulid), form)
    assert answer.status_code == 400 and said in answer.content.decode()
    assert not UnreadScan.objects.exclude(state="open").exists()


def test_the_number_the_version_or_the_whole_line_of_the_paper_tell_the_sheet(torn):
    mine = sheet()
    version = mine.version_hash[:16]
    for text in (mine.code, version, version[:8].upper(), f"TL1|{mine.code}|{version}|1/2", f"TL1 | {mine.code}"):
        assert same_version(mine, text), text
    for text in (sheet(5).code, version[:3], "1/2", f"TL1|{mine.code}|{'0' * 16}|1/2"):
        assert not same_version(mine, text), text


def test_pages_are_given_back_or_dismissed_with_a_reason(torn, sign_in):
    client = sign_in(torn.actor)
    client.post(page("unread-match", torn.cycle.ulid), {"page": unread(0), "firm": "企业03", "agrees": "yes"})
    client.post(page("unread-decide", sheet().ulid), {"step": "return", "reason": ""})
    assert UnreadScan.objects.get(place=0).state == "matched"
    client.post(page("unread-decide", sheet().ulid), {"step": "return", "reason": "是另一家的"})
    assert UnreadScan.objects.get(place=0).state == "open"
    client.post(page("unread-dismiss", unread(2)[0]), {"reason": "扫描仪垫纸"})
    assert queries.unread_scans(torn.actor, torn.cycle).get(place=2).state == "dismissed"


def test_pages_of_nobody_known_are_for_the_whole_county_alone(torn, sign_in):
    for person in (torn.cast.officer, torn.cast.firm):
        client = sign_in(person)
        assert client.get(page("unread", torn.cycle.ulid)).status_code == 403
        assert client.get(page("unread-picture", unread(0)[0])).status_code == 403
        assert not queries.unread_scans(person, torn.cycle).exists()
