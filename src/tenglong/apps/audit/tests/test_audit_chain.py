"""Tampering by SQL is found and the first bad entry named; threads append in line."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import close_old_connections, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.apps.audit import anchors, service
from tenglong.apps.audit.chain import GENESIS, Head, seal, walk
from tenglong.apps.audit.models import AuditEntry
from tenglong.domain.delta import Delta

TABLE = AuditEntry._meta.db_table


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def chain(db: None) -> int:
    """Ten entries; returns the number of the last."""
    for number in range(10):
        last = service.record("tester", "plot.change", "plot", number, deltas=[Delta("name", f"旧{number}", f"新{number}")])
    return last.seq


@pytest.mark.database
def test_an_honest_chain_is_whole(chain: int) -> None:
    service.anchor("test")
    result = service.verify()
    assert (result.ok, result.entries, result.anchors) == (True, chain, 1)


@pytest.mark.database
@pytest.mark.parametrize("column", ["user_name", "action", "subject_id", "reason", "ip", "result", "digest"])
def test_an_edited_entry_is_named(chain: int, column: str) -> None:
    sql(f"UPDATE {TABLE} SET {column} = 'changed' WHERE seq = 4")
    assert (service.verify().ok, service.verify().first_bad) == (False, 4)


@pytest.mark.database
def test_an_edited_delta_is_named(chain: int) -> None:
    sql(f"UPDATE {TABLE} SET deltas = %s WHERE seq = 6", '[{"field": "name", "old": "旧5", "new": "别的"}]')
    result = service.verify()
    assert result.first_bad == 6
    assert "内容被改动" in result.reason


@pytest.mark.database
def test_two_swapped_entries_are_found(chain: int) -> None:
    sql(f"UPDATE {TABLE} SET seq = 1000 WHERE seq = 3")
    sql(f"UPDATE {TABLE} SET seq = 3 WHERE seq = 7")
    sql(f"UPDATE {TABLE} SET seq = 7 WHERE seq = 1000")
    assert service.verify().first_bad == 3


@pytest.mark.database
def test_a_deleted_entry_is_named_as_missing(chain: int) -> None:
    sql(f"DELETE FROM {TABLE} WHERE seq = 5")
    result = service.verify()
    assert result.first_bad == 5
    assert "缺少第 5 条" in result.reason


@pytest.mark.database
def test_deleting_and_renumbering_is_found(chain: int) -> None:
    sql(f"DELETE FROM {TABLE} WHERE seq = 5")
    for number in range(6, chain + 1):
        sql(f"UPDATE {TABLE} SET seq = %s WHERE seq = %s", number - 1, number)
    assert service.verify().first_bad == 5


@pytest.mark.database
def test_an_inserted_entry_is_found(chain: int) -> None:
    for number in range(chain, 4, -1):
        sql(f"UPDATE {TABLE} SET seq = %s WHERE seq = %s", number + 1, number)
    row = AuditEntry.objects.get(seq=4)
    row.pk, row.seq = None, 5
    row.save(force_insert=True)
    assert service.verify().first_bad == 5


def test_a_cut_end_is_found_by_the_anchor(chain: int) -> None:
    service.anchor("test")
    sql(f"DELETE FROM {TABLE} WHERE seq > 7")
    result = service.verify()
    assert result.first_bad == 8
    assert "截断" in result.reason


def test_a_cut_end_is_found_by_a_head_kept_elsewhere(chain: int) -> None:
    kept = anchors.parse_head(f'{{"seq": {chain}, "mac": "{service.head().mac}"}}')
    sql(f"DELETE FROM {TABLE} WHERE seq = %s", chain)
    assert service.verify().ok
    assert service.verify(kept).first_bad == chain


def test_a_chain_rebuilt_with_the_key_does_not_fit_the_anchor(chain: int) -> None:
    service.anchor("test")
    prev = GENESIS
    sql(f"UPDATE {TABLE} SET reason = 'forged' WHERE seq = 2")
    for entry in AuditEntry.objects.order_by("seq"):
        row = {name: getattr(entry, name) for name in service.SEALED}
        mac = seal(service._key(), prev, row)
        sql(f"UPDATE {TABLE} SET prev_mac = %s, mac = %s WHERE seq = %s", prev, mac, entry.seq)
        prev = mac
    result = service.verify()
    assert result.first_bad == chain
    assert "锚点" in result.reason


def test_a_forged_anchor_is_told(chain: int, settings: Any) -> None:
    service.anchor("test")
    path = settings.TENGLONG_HOME / "anchors" / anchors.NAME
    path.write_bytes(path.read_bytes().replace(b'"seq":10', b'"seq":9'))
    assert "锚点文件第 1 行" in service.verify().reason


@given(st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True), st.permutations(range(10)))
@settings(max_examples=60)
def test_any_removal_or_reordering_is_found(gone: list[int], order: list[int]) -> None:
    key, prev, rows = b"k", GENESIS, []
    for number in range(10):
        row = dict.fromkeys(service.SEALED, "") | {"seq": number + 1, "deltas": [], "count": 1, "batch_id": None}
        mac = seal(key, prev, row)
        rows.append({**row, "prev_mac": prev, "mac": mac})
        prev = mac
    anchored = {10: prev}
    assert walk(key, rows, anchored).ok
    left = [row for index, row in enumerate(rows) if index not in gone]
    assert walk(key, left, anchored).first_bad == min(gone) + 1
    moved = [rows[index] for index in order]
    assert walk(key, moved, anchored).ok == (order == sorted(order))


def test_entries_cannot_be_changed_through_the_orm(chain: int) -> None:
    entry = AuditEntry.objects.get(seq=1)
    for attempt in (entry.save, entry.delete, AuditEntry.objects.all().delete, lambda: AuditEntry.objects.update(reason="x")):
        with pytest.raises(TypeError, match="只能追加"):
            attempt()


def test_personal_values_are_kept_as_hashes_only(chain: int) -> None:
    entry = service.record("tester", "enterprise.change", "enterprise", 1, deltas=[
        Delta("phone", "13812345678", "13900000000"), Delta("phone", "13812345678", None), Delta("name", "甲", "乙")])
    first, second, name = entry.deltas
    assert "138" not in str(entry.deltas)
    assert first["old"] == second["old"] != first["new"]
    assert second["new"] is None
    assert name["new"] == "乙"


def test_a_bulk_write_is_one_entry_with_count_and_digest(chain: int) -> None:
    deltas = [Delta("surveyed_area", None, number) for number in range(2000)]
    entry = service.record("tester", "survey.confirm", "batch", 7, deltas=deltas, count=2000, batch_id=7)
    assert (entry.count, entry.batch_id, len(entry.deltas)) == (2000, 7, service.MAX_DELTAS)
    assert entry.digest == service.digest_of(deltas)


def test_a_rolled_back_change_leaves_no_entry(chain: int) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        service.record("tester", "plot.change", "plot", 1)
        raise ZeroDivisionError
    assert service.head() == Head(chain, service.head().mac)
    assert service.verify().ok


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_thirty_two_threads_append_one_unbroken_chain() -> None:
    failures: list[BaseException] = []

    def append(who: int) -> None:
        try:
            for turn in range(4):
                service.record(f"thread {who}", "plot.change", "plot", turn)
        except BaseException as error:  # noqa: BLE001
            failures.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=append, args=(number,)) for number in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    result = service.verify()
    assert (result.ok, result.entries) == (True, 128)


def test_only_the_auditor_reads_audit(cast: Any, sign_in: Any) -> None:
    assert sign_in(cast.county).get("/audit/").status_code == 403
    assert sign_in(cast.system_admin).get("/audit/").status_code == 403
    client = sign_in(cast.auditor)
    page = client.get("/audit/?action=user.create&user=program")
    assert page.status_code == 200
    assert client.get("/audit.json?action=user.create").json()["total"] == 11
    assert client.get("/audit.json?from=not-a-date").status_code == 200
    assert client.get("/audit/1/").status_code == 200
    assert "首尾相接" in client.post("/audit/verify/").content.decode()
