"""Facts that a program has checked itself come in as a finished import; people go through upload and confirmation."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from tenglong.apps.accounts.service import SYSTEM
from tenglong.apps.survey.checked import CheckedFacts, record_facts
from tenglong.apps.survey.intake import SurveyError
from tenglong.apps.survey.models import ImportBatch

USCC = "91330604MA00000001"
GIVEN = CheckedFacts("2024年税务局数据.csv", b"x", ("统一社会信用代码", "税收"), [(USCC, "1")], {}, 2024, "税务局",
                     "shared", "目录", date(2025, 3, 20), {USCC: {"tax_paid": Decimal(1)}})
pytestmark = pytest.mark.django_db


def test_a_person_cannot_pass_the_checks_by(cast) -> None:
    with pytest.raises(SurveyError, match="只供程序使用"):
        record_facts(cast.county, GIVEN, {USCC: 1})
    assert not ImportBatch.objects.exists()


def test_a_firm_that_the_register_lacks_is_refused(cast) -> None:
    with pytest.raises(SurveyError, match="没有 1 家企业"):
        record_facts(SYSTEM, GIVEN, {})
    assert not ImportBatch.objects.exists()
