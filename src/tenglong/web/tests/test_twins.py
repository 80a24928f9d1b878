"""What leaves as JSON is exact."""

import json

from tenglong.web.twins import Twin


def test_money_and_areas_are_text_at_any_depth_and_counts_stay_numbers() -> None:
    twin = Twin({"price_fen": 2**53 + 1, "rows": [{"land_cm2": 1, "jobs": 3, "has_fen": True}], "sums_cm2": [1, None]})
    assert json.loads(twin.content) == {
        "price_fen": "9007199254740993", "rows": [{"land_cm2": "1", "jobs": 3, "has_fen": True}], "sums_cm2": ["1", None]}
