"""A tower of each town with a floor and a tenant, and a project that seeks a plant: names and sources are the town's own."""

from __future__ import annotations

from datetime import date
from typing import Any

HERE = "百官"
M2 = 10_000


def build(world: Any) -> None:
    from tenglong.apps.projects.forms_matches import RECORD
    from tenglong.apps.projects.models import Project
    from tenglong.apps.projects.service import matches, towers

    for town in world.towns.values():
        officer = world.people["town_officer" if town.name == HERE else "stranger"]
        row = towers.create(officer, {
            "name": town.word("楼宇"), "division_code": town.code, "operator": town.word("楼宇运营"), "progress": "done",
            "progress_source": town.word("进度出处"), "feature": town.word("特色"), "source": town.word("楼宇来源"),
            "headquarters_id": town.ids["firm_pk1"]})
        floor = towers.put_floor(officer, row, 1, lettable_cm2=900 * M2, use=town.word("楼层用途"))
        tenancy = towers.let_floor(officer, floor, enterprise_id=None, name=town.word("租户"), area_cm2=100 * M2,
                                   since=date(2024, 1, 1), source=town.word("租约"))
        town.note("tower", row.ulid)
        town.ids |= {"tower_floor": floor.pk, "tenancy": tenancy.pk}
        project = Project.objects.create(code=f"CF-{town.code}", name=town.word("找厂房的项目"), division_code=town.code,
                                         needs="plant", stage="signed")
        need = dict.fromkeys(RECORD) | {"area_cm2": M2, "fire_class": "", "gas": False, "ground": False, "industry": "",
                                        "park_word": town.word("想要的园区")}
        matches.ask(officer, project, need, lock_version=None)
        town.note("plant_project", project.ulid)
