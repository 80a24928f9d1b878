"""A project of firm 1 of each town with everything that is told of it: notes, visits, a picture, blockers, a meeting."""

from __future__ import annotations

from datetime import date
from typing import Any

HERE, PNG = "百官", b"\x89PNG\r\n\x1a\n" + b"\0" * 32


class Picture:
    def __init__(self, name: str, body: bytes) -> None:
        self.name, self.body = name, body

    def read(self) -> bytes:
        return self.body


def build(world: Any) -> None:
    from tenglong.apps.projects.models import Project
    from tenglong.apps.projects.service import blockers, figures, meetings, projects, visits

    today = date.today()
    for town in world.towns.values():
        officer = world.people["town_officer" if town.name == HERE else "stranger"]
        row = projects.create(officer, {
            "name": town.word("重大项目"), "division_code": town.code, "enterprise_id": town.ids["firm_pk1"],
            "note": town.word("项目说明"), "park_key": town.ids["park"], "cluster": town.word("组团")}, on=date(2026, 1, 5))
        town.note("project", row.ulid)
        town.note("project_code", row.code)
        phase = row.phases.get()
        phase.output_fen, phase.expected_by = 10**12, town.word("预期出处")
        phase.save()
        projects.set_plots(officer, row, phase, [(town.ids["plot_pk1"], None)])
        projects.set_milestone(officer, row, "signed", done_on=date(2026, 3, 2), reason=town.word("签约依据"))
        projects.set_milestone(officer, row, "producing", planned_on=date(2030, 1, 1))
        projects.add_member(officer, row, officer, duty="contact", phone=town.word("专班电话"))
        figures.enter(officer, row, "invest", [(date(2026, 4, 1), 7654321, 7654322)], source=town.word("投资来源"))
        visit = visits.log(
            officer, row, on=date(2026, 3, 5), met=town.word("接待人"), told=town.word("走访情况"),
            promises=[{"question": town.word("问题"), "promise": town.word("承诺")}],
            photos=[Picture(f"{town.word('现场')}.png", PNG + town.code.encode())])
        town.note("visit", visit.ulid)
        town.note("promise", visit.promises.get().ulid)
        town.ids["picture"] = visit.photos.get().pk
        stuck = blockers.open_(officer, row, title=town.word("卡点"), on=today, detail=town.word("卡点情况"),
                               office=town.word("责任单位"), visit=visit)
        town.note("blocker", stuck.ulid)
        meeting = meetings.plan(officer, title=town.word("专题会"), on=today, level="team", division_code=town.code,
                                chair=town.word("主持"))
        town.note("meeting", meeting.ulid)
        item = meeting.items.get()
        meetings.decide(officer, item, {"decision": town.word("议定"), "office": town.word("落实单位")})
        assert Project.objects.get(pk=row.pk).stage == "signed"


def firm_may(here: Any) -> set[str]:
    """What firm 1 of HERE reads of its own project."""
    words = {here.word(text) for text in ("重大项目", "专班电话", "问题", "承诺")}
    return words | {here.ids[key] for key in ("project", "project_code", "permit_project")}
