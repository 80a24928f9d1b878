"""Roles × verbs: the whole table of who may do what, and nothing else decides it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext_lazy as _

PUBLIC: Final = "public"  # anyone, signed in or not
SIGNED_IN: Final = "signed-in"  # anyone with an account

SYSTEM_ADMIN: Final = "system_admin"
SECURITY_ADMIN: Final = "security_admin"
AUDITOR: Final = "auditor"
#: 三员分立: nobody holds two of these (GB/T 22239-2019, 安全管理中心)
SEPARATED: Final = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDITOR)

ROLE_CHOICES: Final = [
    ("system_admin", _("系统管理员")),
    ("security_admin", _("安全管理员")),
    ("auditor", _("审计员")),
    ("county_admin", _("县级管理员")),
    ("analyst", _("分析人员")),
    ("leader", _("领导")),
    ("town_officer", _("镇街经办")),
    ("task_force", _("专班人员")),
    ("enterprise", _("企业用户")),
]
SCOPE_CHOICES: Final = [
    ("none", _("无业务数据")),
    ("self", _("仅本人")),
    ("department", _("本部门")),
    ("department_tree", _("本部门及以下")),
    ("custom", _("自定")),
    ("all", _("全部")),
    ("own_enterprise", _("本企业")),
]
VERBS: Final[dict[str, object]] = {
    "plot.view": _("查看地块"), "plot.edit": _("编辑地块"), "plot.split": _("分割合并地块"),
    "enterprise.view": _("查看企业"), "enterprise.edit": _("编辑企业"), "sensitive.view": _("查看敏感字段"),
    "survey.import": _("导入摸排数据"), "survey.confirm": _("确认入库"), "survey.waive": _("豁免问题"),
    "document.view": _("查看材料"), "document.add": _("上传材料"), "export.make": _("导出"),
    "policy.view": _("查看政策参数"), "policy.edit": _("编辑政策参数"), "policy.approve": _("审批政策参数"),
    "user.manage": _("管理用户"), "role.grant": _("授予角色"), "audit.view": _("查看审计"), "audit.verify": _("校验审计"),
    "job.view": _("查看作业"), "deal.view": _("查看成交案例"), "map.view": _("看图"),
    "workbench.view": _("工作台"), "search.use": _("搜索"),
    "case.view": _("查看案件"), "case.work": _("办理案件任务"), "case.assign": _("指派案件任务"),
    "case.supervise": _("督办案件"),
    "evaluation.view": _("查看评价"), "evaluation.manage": _("组织评价"), "evaluation.area": _("核定用地"),
    "evaluation.deliver": _("报送部门数据"), "evaluation.freeze": _("冻结数据"), "evaluation.run": _("运行评价"),
    "evaluation.publish": _("公示评价结果"), "evaluation.appeal": _("办理申诉"), "evaluation.adjust": _("提出调档"),
    "evaluation.approve": _("批准调档"), "evaluation.whatif": _("推演评价办法"), "evaluation.own": _("查看本企业评价"),
    "renewal.view": _("查看低效整治"), "renewal.find": _("识别低效用地"), "renewal.appeal": _("办理识别异议和豁免"),
    "renewal.idle": _("办理闲置土地"), "renewal.plan": _("编制整治方案和选址"), "renewal.secret": _("查看指定的方案和选址"),
    "renewal.approve": _("批准整治方案"), "renewal.own": _("查看本企业用地的识别结果"),
    "premises.view": _("查看载体房源"), "premises.edit": _("编辑载体房源"),
    "clearance.view": _("查看征迁"), "clearance.work": _("办理征迁"), "clearance.money": _("查看补偿金额和收款信息"),
    "clearance.decide": _("审定补偿"), "clearance.own": _("查看本企业的腾退"),
    "supply.view": _("查看收储和供地"), "supply.work": _("办理收储和供地"), "supply.decide": _("审定供地"),
    "covenant.view": _("查看履约监管"), "covenant.work": _("办理履约监管"), "covenant.decide": _("作出履约决定"),
    "covenant.own": _("查看本企业的履约约定"),
    "project.view": _("查看项目"), "project.work": _("办理项目"), "project.lead": _("协调项目卡点"),
    "project.own": _("查看本企业项目"), "permit.view": _("查看审批进度"), "permit.work": _("办理审批进度"),
    "tower.view": _("查看楼宇"), "tower.work": _("办理楼宇"),
}
_READ = (
    "plot.view", "enterprise.view", "document.view", "deal.view", "map.view", "workbench.view", "search.use", "case.view",
    "case.work", "renewal.view", "renewal.secret", "premises.view", "clearance.view", "supply.view", "covenant.view",
    "project.view", "permit.view", "tower.view",
)
_LAND = ("clearance.work", "supply.work", "covenant.work", "project.work", "permit.work", "tower.work")
_RENEW = ("renewal.appeal", "renewal.idle", "premises.edit", *_LAND)
_EVALUATE = ("evaluation.view", "evaluation.area", "evaluation.deliver", "evaluation.appeal")
_WORK = (*_READ, "plot.edit", "enterprise.edit", "document.add", "survey.import", "export.make", "job.view")

ROLE_VERBS: Final[dict[str, frozenset[str]]] = {
    "system_admin": frozenset({"user.manage", "job.view", "policy.view", "workbench.view"}),
    "security_admin": frozenset({"role.grant", "user.manage", "policy.view", "workbench.view"}),
    "auditor": frozenset({"audit.view", "audit.verify", "policy.view", "workbench.view"}),
    "county_admin": frozenset({
        *_WORK, "plot.split", "sensitive.view", "survey.confirm", "survey.waive", "policy.view", "policy.edit",
        "policy.approve", "case.assign", "case.supervise", *_EVALUATE, "evaluation.manage", "evaluation.freeze",
        "evaluation.run",
        "evaluation.publish", "evaluation.adjust", "evaluation.approve", "evaluation.whatif",
        *_RENEW, "renewal.find", "renewal.plan", "renewal.approve",
        "clearance.money", "clearance.decide", "supply.decide", "covenant.decide", "project.lead",
    }),
    "analyst": frozenset({*_READ, "sensitive.view", "export.make", "job.view", "policy.view", "policy.edit",
                          "evaluation.view", "evaluation.deliver", "evaluation.run", "evaluation.adjust", "evaluation.whatif",
                          "renewal.find", "renewal.plan"}),
    "leader": frozenset({
        *_READ, "case.supervise", "policy.view", "policy.approve", "evaluation.view", "evaluation.approve", "evaluation.whatif",
        "renewal.approve", "clearance.money", "clearance.decide", "supply.decide", "covenant.decide", "project.lead",
    }),
    "town_officer": frozenset({*_WORK, "plot.split", "survey.confirm", "survey.waive", "policy.view", "case.assign",
                              *_EVALUATE, *_RENEW}),
    "task_force": frozenset({*_WORK, "policy.view", *_EVALUATE, *_RENEW}),
    "enterprise": frozenset({"plot.view", "enterprise.view", "document.view", "workbench.view", "case.view", "evaluation.own",
                             "renewal.own", "premises.view", "clearance.own", "covenant.own", "project.own"}),
}
#: scope a role starts with; SCOPES_ALLOWED says what a security administrator may choose
DEFAULT_SCOPE: Final[dict[str, str]] = {
    "system_admin": "none", "security_admin": "none", "auditor": "none", "county_admin": "all", "analyst": "all",
    "leader": "all", "town_officer": "department", "task_force": "custom", "enterprise": "own_enterprise",
}
_BUSINESS: Final = frozenset({"self", "department", "department_tree", "custom", "all"})
SCOPES_ALLOWED: Final[dict[str, frozenset[str]]] = {
    role: _BUSINESS if DEFAULT_SCOPE[role] in _BUSINESS else frozenset({DEFAULT_SCOPE[role]}) for role, _label in ROLE_CHOICES
}
#: whose passwords are the longer kind
ADMIN_ROLES: Final = frozenset({*SEPARATED, "county_admin"})


def verbs_of(roles: Iterable[str]) -> frozenset[str]:
    """Every verb of these roles; an unknown role gives none."""
    return frozenset().union(*(ROLE_VERBS.get(role, frozenset()) for role in roles))


def holds(roles: Iterable[str], verb: str) -> bool:
    """Whether one of these roles has the verb. A page asks this for every entry of the menu."""
    return any(verb in ROLE_VERBS.get(role, ()) for role in roles)


def roles_with(verb: str) -> list[str]:
    """Labels of the roles that hold `verb`, for “ask one of these”."""
    return [str(label) for role, label in ROLE_CHOICES if verb in ROLE_VERBS[role]]
