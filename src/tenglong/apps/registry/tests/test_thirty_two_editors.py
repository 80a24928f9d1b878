"""32 threads on one record and on one serial: nothing is lost, no code is given twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection

from tenglong.apps.audit.service import verify
from tenglong.apps.registry import service
from tenglong.apps.registry.models import PlotVersion
from tenglong.apps.registry.nouns import PLOT
from tenglong.apps.registry.service.versions import versions_of

DAY = date(2024, 1, 1)
THREADS = 32


def in_threads(work):
    def run(number):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_every_edit_of_one_plot_survives_and_every_stale_one_is_told(cast):
    plot = service.create_plot(cast.county, {"attributes": {}}, on=DAY, town="330604001")

    def add_own_key(number):
        conflicts = 0
        while True:
            seen = PlotVersion.objects.get(plot=plot.plot_id)
            try:
                service.correct_plot(cast.county, plot.plot.ulid, {"attributes": {**seen.attributes, str(number): 1}},
                                     lock_version=seen.lock_version, reason="并发")
                return conflicts
            except service.Conflict:
                conflicts += 1

    in_threads(add_own_key)
    (found,) = versions_of(PLOT, plot.plot)
    assert found.attributes == {str(number): 1 for number in range(THREADS)}
    assert found.lock_version == THREADS + 1
    assert verify().ok


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_codes_made_at_the_same_time_differ(cast):
    codes = in_threads(lambda number: service.create_plot(cast.county, {}, on=DAY, town="330604001").code)
    assert len(set(codes)) == THREADS
