"""How every address is asked: its parts, parameters that might leak, and plausible data for those that change something.

A case is for a URL name; the test fails for a name that has none. `{…}` in parts and data stand for ids of a `Town`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver

TODAY = date.today().isoformat()
GIVEN = {"recipient": "县政府", "purpose": "核对"}
#: parameters of lists: sorting and filtering by what is not shown, dates, other towns, very long and broken values
LIST_QUERIES = (
    "",
    "?sort=-contact_cipher&phone=139&size=200&page=99&after=0&limit=99999",
    "?on=2024-03-01",
    "?on=junk&q=机密",
    "?town={code}&contact_cipher__contains=1&division_code__startswith=33",
)
PLOT_FORM = {
    "name": "改名",
    "survey_number": "X-1",
    "division_code": "{code}",
    "address": "",
    "zone_code": "",
    "land_use": "",
    "status": "in_use",
    "stage": "survey",
    "control_line": "",
    "acquisition": "",
    "title_status": "",
    "surveyed_cm2": "1",
    "stated_cm2": "1",
    "how": "correct",
    "effective": TODAY,
    "reason": "核对",
    "lock_version": "2",
    "base": "",
}
FIRM_FORM = {
    "name": "改名公司",
    "division_code": "{code}",
    "industry": "",
    "scale": "",
    "status": "",
    "listed": "",
    "address": "",
    "registered_on": "",
    "how": "correct",
    "effective": TODAY,
    "reason": "核对",
    "lock_version": "1",
    "base": "",
}

PARCEL_FORM = {
    "right_holder": "改名", "holder_uscc": "", "division_code": "{code}", "title_status": "", "title_number": "",
    "acquisition": "", "stated_cm2": "1", "granted_on": "", "ends_on": "", "price_fen": "", "agreed_plot_ratio": "",
    "how": "correct", "effective": TODAY, "reason": "核对", "lock_version": "1", "base": "",
}
BUILDING_FORM = {
    "name": "改名", "division_code": "{code}", "plot_id": "", "parcel_id": "", "floors": "2", "floor_cm2": "10",
    "built_year": "", "structure": "", "use": "", "how": "correct", "effective": TODAY, "reason": "核对", "lock_version": "1",
    "base": "",
}
USE_FORM = {"role": "idle", "area_cm2": "1", "effective": TODAY, "reason": "核对", "lock_version": "1", "base": ""}


@dataclass(frozen=True)
class Case:
    """`of`: what the address names, for the scope of the role ("" = a page or a list that anybody with the verb gets).

    `post` None: the address only reads. `get` False: it only changes.
    """

    of: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    queries: tuple[str, ...] = ("",)
    get: bool = True
    post: dict[str, Any] | None = None
    upload: str = ""
    body: str = ""
    also: tuple[str, ...] = ()  # verbs that the view itself asks for
    drops: bool = False  # out of scope is not 404: the foreign id is left out of the page, nothing is written
    owner: bool = False  # the row is one person's


def by_ulid(of: str, queries: tuple[str, ...] = ("",), **more: Any) -> Case:
    return Case(of, {"ulid": f"{{{of}}}"}, queries, **more)


def lists(*names: str, queries: tuple[str, ...] = LIST_QUERIES) -> dict[str, tuple[Case, ...]]:
    found: dict[str, tuple[Case, ...]] = {}
    for name in names:
        found[name] = found[f"{name}-json"] = (Case(queries=queries),)
        forms = ("xlsx", "gpkg") if name.split(":")[1] in ("plots", "parcels", "buildings") else ("xlsx",)
        found[f"{name}-export"] = tuple(
            Case(queries=("", "?on=2024-03-01", "?town={code}"), get=False, post={"form": form, **GIVEN}) for form in forms
        )
    return found


RECORD = ("", "?print=1", "?print=1&on=2024-03-01", "?tab=history&on=2024-06-15")
BATCH = {"ulid": "{batch}"}

CASES: dict[str, tuple[Case, ...]] = {
    **lists(
        "registry:plots",
        "registry:enterprises",
        "registry:parcels",
        "registry:buildings",
        "registry:occupancies",
        "registry:zones",
        "registry:divisions",
        "survey:issues",
        "supply:deals",
        "web:figures",
    ),
    # published deals are for the whole county: they belong to no town
    "supply:deal": (Case(parts={"ulid": "{deal}"}),),
    "supply:deal-json": (Case(parts={"ulid": "{deal}"}),),
    # shell
    "web:workbench": (Case(),),
    "web:language": (Case(get=False, post={"language": "en", "next": "https://evil.example/"}),),
    "sections:section": (Case(parts={"section": "supply"}),),
    "web:figure": (Case("figure", {"number": "{figure}"}),),
    "web:filter-save": (Case(get=False, post={"name": "我的", "page": "plots", "query": "?q=1"}),),
    "web:filter-drop": (Case("filter", {"pk": "{filter}"}, get=False, post={}, owner=True),),
    "web:columns": (Case(get=False, post={"page": "plots", "column": ["code", "contact_cipher", "plot__codes__code"]}),),
    # accounts
    "accounts:login": (Case(queries=("", "?next=https://evil.example/")),),
    "accounts:logout": (Case(get=False, post={}),),
    "accounts:profile": (Case(),),
    "accounts:password": (Case(post={"old": "x", "new": "y", "again": "y"}),),
    "accounts:end-session": (Case(parts={"pk": "{session}"}, get=False, post={}),),
    "accounts:users": (Case(queries=("", "?q=某", "?role=enterprise")),),
    "accounts:new-user": (Case(post={"username": "fresh", "name": "新人", "phone": "13900001111"}),),
    "accounts:user": (Case(parts={"ulid": "{person}"}, post={"name": "改", "is_active": "on", "lock_version": "1"}),),
    "accounts:grant": (Case(parts={"ulid": "{person}"}, get=False, post={"role": "county_admin", "valid_from": TODAY}),),
    "accounts:revoke": (Case(parts={"ulid": "{person}", "pk": "{grant}"}, get=False, post={"reason": "离岗"}),),
    "accounts:reset-password": (Case(parts={"ulid": "{person}"}, get=False, post={}),),
    "accounts:departments": (Case(),),
    "accounts:new-department": (Case(post={"name": "新部门", "divisions": "33"}),),
    "accounts:department": (Case(parts={"ulid": "{office}"}, post={"name": "改名", "divisions": "33", "lock_version": "1"}),),
    "accounts:roles": (Case(),),
    # audit, jobs, policies
    "audit:list": (Case(queries=("", "?user=某", "?subject_type=plot", "?from=2020-01-01&to=bad")),),
    "audit:list-json": (Case(queries=("", "?page=2")),),
    "audit:show": (Case(parts={"seq": "{seq}"}),),
    "audit:verify": (Case(get=False, post={}),),
    "jobs:list": (Case(queries=("", "?state=done", "?page=2")),),
    "jobs:list-json": (Case(),),
    "jobs:show": (by_ulid("job"),),
    "jobs:show-json": (by_ulid("job"),),
    "jobs:card": (by_ulid("job"),),
    "jobs:cancel": (by_ulid("job", get=False, post={}),),
    "jobs:again": (by_ulid("job", get=False, post={}),),
    "policy:list": (Case(),),
    "policy:show": (Case(parts={"kind": "county", "id": "home"}),),
    "policy:edit": (Case(parts={"kind": "county", "id": "home"}, post={"text": "version: '1'", "seen": "forged"}),),
    "policy:version": (Case(parts={"ulid": "{policy}"}),),
    "policy:step": (
        Case(parts={"ulid": "{policy}", "name": "approve"}, get=False, post={}, also=("policy.approve",)),
        Case(parts={"ulid": "{policy}", "name": "submit"}, get=False, post={}, also=("policy.edit",)),
        Case(parts={"ulid": "{policy}", "name": "retire"}, get=False, post={"reason": "停"}, also=("policy.approve",)),
        Case(parts={"ulid": "{policy}", "name": "send-back"}, get=False, post={"reason": "退"}, also=("policy.approve",)),
    ),
    # register
    "registry:plot": (by_ulid("plot", RECORD),),
    "registry:plot-json": (by_ulid("plot", ("", "?on=2024-03-01", "?on=bad")),),
    "registry:plot-new": (Case(post=PLOT_FORM, drops=True),),
    "registry:plot-edit": (by_ulid("plot", post=PLOT_FORM),),
    "registry:plot-split": (
        by_ulid("plot", post={"effective": TODAY, "reason": "分户", "lock_version": "2", "line": "{cut}"}),
    ),
    "registry:plot-split-preview": (by_ulid("plot", get=False, post={}, body="{cut}"),),
    "registry:plot-merge": (
        Case(
            "plot",
            {},
            ("", "?pick={plot}&pick={plot0}", "?pick={plot}&add={plot_code0}"),
            post={
                "pick": ["{plot}", "{plot0}"],
                "merge": "1",
                "effective": TODAY,
                "reason": "合并",
                "lock": ["{plot}:2", "{plot0}:1"],
            },
            drops=True,
        ),
    ),
    "registry:enterprise": (by_ulid("enterprise", RECORD), Case("shared", {"ulid": "{shared}"}, RECORD)),
    "registry:enterprise-json": (by_ulid("enterprise", ("", "?on=2024-03-01")), Case("shared", {"ulid": "{shared}"})),
    "registry:enterprise-edit": (by_ulid("enterprise", post=FIRM_FORM),),
    "registry:parcel": (by_ulid("parcel", ("", "?on=2024-03-01")),),
    "registry:parcel-json": (by_ulid("parcel", ("", "?on=2024-03-01")),),
    "registry:enterprise-new": (Case(post={**FIRM_FORM, "uscc": ""}, drops=True),),
    "registry:parcel-new": (Case(post={**PARCEL_FORM, "code": "330604001001GB99999"}, drops=True),),
    "registry:parcel-edit": (by_ulid("parcel", post=PARCEL_FORM),),
    "registry:building": (by_ulid("building", ("", "?on=2024-03-01")),),
    "registry:building-json": (by_ulid("building", ("", "?on=2024-03-01")),),
    "registry:building-new": (Case(queries=("", "?plot={plot}"), post={**BUILDING_FORM, "code": "JZ-NEW"}, drops=True),),
    "registry:building-edit": (by_ulid("building", post=BUILDING_FORM),),
    "registry:occupancy-new": (by_ulid("plot", post={"role": "idle", "effective": TODAY, "reason": "核对"}),),
    "registry:occupancy-edit": (Case("occupancy", {"pk": "{occupancy}"}, post=USE_FORM),),
    "registry:occupancy-end": (Case("occupancy", {"pk": "{occupancy}"}, post=USE_FORM),),
    "registry:occupancy-confirm": (Case("occupancy", {"pk": "{occupancy}"}, get=False, post={"lock_version": "1"}),),
    "registry:link-confirm": (Case("link", {"pk": "{link}"}, get=False, post={}),),
    "registry:plot-undo": (Case("plot2", {"ulid": "{plot2}"}, post={"reason": "分割线画错"}),),
    "registry:document": (by_ulid("document"),),
    "registry:document-add": (
        Case("plot", {"subject": "plot", "ulid": "{plot}"}, get=False, post={"kind": "agreement"}, upload="file"),
        Case(
            "enterprise",
            {"subject": "enterprise", "ulid": "{enterprise}"},
            get=False,
            post={"kind": "agreement"},
            upload="file",
        ),
    ),
    "registry:map": (Case(queries=("", "?plain=1", "?plot={plot}", "?pick={plot}&pick={plot0}")),),
    "registry:outlines": (Case(),),
    "registry:revision": (Case(),),
    "registry:map-counts": (Case(queries=("", "?by=status", "?by=zone", "?by=town", "?by=contact_cipher")),),
    "registry:map-pick": (Case(queries=("?box=120,29,122,31", "?box=bad")),),
    "registry:map-side": (by_ulid("plot"),),
    "registry:map-plot": (by_ulid("plot"),),
    "registry:search": (
        Case(queries=("?q=机密", "?q={plot_code1}", "?q={uscc1}", "?q={parcel_code1}", "?q=T330604", "?q=9133", "?q=公司")),
    ),
    "registry:suggest": (Case(queries=("?q=机密", "?q={plot_code1}", "?q=T330604", "?q=9133")),),
    "registry:by-code": (
        Case("plot", {"code": "{plot_code1}"}),
        Case("enterprise", {"code": "{uscc1}"}),
        Case("parcel", {"code": "{parcel_code1}"}),
    ),
    "tiles:revision": (Case(),),
    "tiles:tile": tuple(
        Case(parts={"layer": layer, "z": str(z), "x": f"{{x{z}}}", "y": f"{{y{z}}}"})
        for layer in ("plots", "parcels", "buildings", "zones", "divisions")
        for z in (9, 14, 16)
    ),
    # cases
    **lists("casework:cases"),
    "casework:inbox": (Case(queries=("", "?due=overdue&q=机密", "?holder=junk&definition=x&page=99")),),
    "casework:inbox-json": (Case(queries=("", "?due=all&q=机密")),),
    "casework:case": (by_ulid("case"),),
    "casework:case-json": (by_ulid("case"),),
    "casework:move": (
        Case("case", {"ulid": "{case}", "transition": "withdraw"}, post={"lock_version": "1", "reason": "撤回"}),
    ),
    "casework:evidence": (by_ulid("case", get=False, post={"kind": "evidence"}, upload="file", also=("case.work",)),),
    "casework:take": (Case("case", {"ulid": "{task}"}, get=False, post={}),),
    "casework:assign": (Case("case", {"ulid": "{task}"}, get=False, post={"person": "{person}"}),),
    "casework:complete": (Case("case", {"ulid": "{task}"}, get=False, post={"note": "办了"}),),
    # survey
    "survey:batches": (Case(queries=("", "?state=preview", "?kind=plots")),),
    "survey:batches-json": (Case(),),
    "survey:upload": (Case(queries=("", "?kind=enterprises"), post={"kind": "plots"}, upload="file"),),
    "survey:template": (Case(parts={"kind": "plots"}),),
    "survey:waive": (Case("issue", {"ulid": "{issue}"}, get=False, post={"reason": "现场核实无误", "rule": "x"}),),
    "survey:batch": (Case("batch", BATCH, ("", "?tab=rejected", "?tab=new&q=机密")),),
    "survey:batch-json": (Case("batch", BATCH),),
    "survey:progress": (Case("batch", BATCH),),
    "survey:mapping": (Case("batch", BATCH, post={"field-0": "survey_number", "then": "save", "template": "偷来的"}),),
    "survey:stage": (Case("batch", BATCH, get=False, post={}),),
    "survey:rows-json": (Case("batch", BATCH, ("", "?tab=rejected")),),
    "survey:batch-issues": (Case("batch", BATCH),),
    "survey:batch-issues-json": (Case("batch", BATCH),),
    "survey:annotated": (Case("batch", BATCH),),
    "survey:confirm": (Case("batch", BATCH, post={"mode": "change", "valid_from": TODAY, "lock_version": "1"}),),
    "survey:done": (Case("batch", BATCH),),
    "survey:withdraw": (Case("batch", BATCH, get=False, post={"reason": "撤"}),),
}


def names(patterns: Any = None, space: str = "") -> Iterator[tuple[str, str]]:
    """(URL name, pattern) of everything that the resolver knows."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(one, "url_patterns"):
            yield from names(one.url_patterns, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            yield (f"{space}{one.name}" if one.name else ""), str(one.pattern)


def filled(value: Any, ids: dict[str, Any]) -> Any:
    """`{…}` replaced by ids, in texts, lists and dictionaries."""
    if isinstance(value, str):
        return value.format_map({key: str(one) for key, one in ids.items()}) if "{" in value else value
    if isinstance(value, dict):
        return {key: filled(one, ids) for key, one in value.items()}
    return [filled(one, ids) for one in value] if isinstance(value, list | tuple) else value


def a_file(name: str) -> SimpleUploadedFile:
    """What an upload carries: a table for the survey, a PDF for a record."""
    if name == "survey:upload":
        return SimpleUploadedFile("新.csv", "摸排编号,所属镇街\nA,百官街道\n".encode())
    return SimpleUploadedFile("附件.pdf", b"%PDF-1.4 x")


def _beside(name: str) -> Any:
    """Another file of cases: the folder is no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CASES.update(_beside("url_cases_desk").cases(Case, lists))
CASES.update(_beside("url_cases_before").cases(Case, lists))
CASES.update(_beside("url_cases_after").cases(Case, lists))
CASES.update(_beside("url_cases_renewal").cases(Case, lists))
CASES.update(_beside("url_cases_plans").cases(Case, lists))
CASES.update(_beside("url_cases_treated").cases(Case, lists))
CASES.update(_beside("url_cases_premises").cases(Case, lists))
CASES.update(_beside("url_cases_covenant").cases(Case, lists))
CASES.update(_beside("url_cases_clearance").cases(Case, lists))
CASES.update(_beside("url_cases_prices").cases(Case, lists))
CASES.update(_beside("url_cases_permits").cases(Case, lists))
CASES.update(_beside("url_cases_land").cases(Case, lists))
CASES.update(_beside("url_cases_towers").cases(Case, lists))
CASES.update(_beside("url_cases_projects").cases(Case, lists))
