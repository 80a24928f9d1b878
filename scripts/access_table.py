"""Who may open what: every address × every role, as the program itself decides it.

`python scripts/access_table.py` prints Markdown, `--json` JSON; `--write` renews docs/operator/access.md. Rows come from the
URL resolver, the verbs from `web.access` and `accounts.roles`; tests/contract/test_urls_by_role.py opens every address as every
role and holds the answers to this table.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "operator" / "access.md"
REFUSED, OPEN, SIGNED, FREE = "—", "公开", "登录", "可"
#: what a role that may open the address finds there; rows of these nouns follow the row scope of the role
SCOPED_NOUNS = ("plot", "enterprise", "document", "export", "map", "workbench", "search", "survey", "job", "deal",
                "sensitive", "case")
SCOPE_WORDS = {
    "none": "无业务行",
    "self": "本人",
    "department": "本部门",
    "department_tree": "本部门及以下",
    "custom": "指定镇街",
    "all": "全县",
    "own_enterprise": "本企业",
}
HEAD = """# 谁能打开什么

本页由 `python scripts/access_table.py --write` 生成，请勿手改；`tests/contract/test_urls_by_role.py` 用每种角色打开每个地址，逐格核对，
并检查本页是否最新。`--json` 输出同样内容的 JSON。

- **公开**：不登录也能打开。**登录**：任何已登录的人，只见自己的。**可**：能打开，内容不分镇街（用户、角色、审计、政策参数）。
- **全县／本部门／指定镇街／本企业**：能打开，只见这个范围内的行；范围外的记录和不存在的记录一样，答 404。
- **无业务行**：能打开，但看不到任何地块、企业、材料。系统管理员能看到全部**作业**（状态、文件名、日志），看不到作业里的数据。系统管理员和安全管理员给部门划片区时看得到全部片区名称，看不到片区里的数据。
- **—**：拒绝。页面答 403 并写明找谁；未登录时，页面转到登录页，`.json`、`.pbf` 和页面片段答 401。
- 表中是各角色的默认范围；安全管理员可以在授予角色时另定（见 `/roles/`）。没有角色的用户只有“公开”“登录”两类地址。
- 导出要同时有“导出”和那张表的“查看”权限；电话、税收、用电等敏感字段只对有“查看敏感字段”的角色（县级管理员、分析人员）显示原值。
- 没有登记权限的地址一律拒绝；没有范围规则的数据表一行也不给。

"""  # noqa: E501


def start() -> None:
    """Django with a home of its own, thrown away at the end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenglong.settings.test")
    import django

    django.setup()


def addresses(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """(URL name with its namespace or "", pattern) of everything that the resolver knows."""
    from django.urls import get_resolver

    for one in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(one, "url_patterns"):
            yield from addresses(
                one.url_patterns, prefix + str(one.pattern), f"{space}{one.namespace}:" if one.namespace else space
            )
        else:
            yield (f"{space}{one.name}" if one.name else ""), "/" + prefix + str(one.pattern).strip("^$")


def verbs_needed(name: str) -> tuple[str, ...]:
    """The registered verb, and for an export also the verb of its list. Empty when the address has none."""
    from tenglong.web import access

    verb = access.verb_of(name)
    if verb is None:
        return ()
    listing = access.verb_of(name.removesuffix("-export")) if name.endswith("-export") else None
    return (verb, listing) if listing and listing != verb else (verb,)


def cell(name: str, role: str) -> str:
    """What `role` ("" for someone who is not signed in) finds at the address."""
    from tenglong.apps.accounts.roles import DEFAULT_SCOPE, PUBLIC, ROLE_VERBS, SIGNED_IN

    verbs = verbs_needed(name)
    if verbs == (PUBLIC,):
        return OPEN
    if not role or not verbs:
        return REFUSED
    if verbs == (SIGNED_IN,):
        return SIGNED
    if not set(verbs) <= ROLE_VERBS.get(role, frozenset()):
        return REFUSED
    if verbs[0] == "job.view" and role == "system_admin":
        return "全部作业"
    return SCOPE_WORDS[DEFAULT_SCOPE[role]] if verbs[0].partition(".")[0] in SCOPED_NOUNS else FREE


def rows() -> list[dict[str, Any]]:
    """One entry per address, in the order of the addresses."""
    from tenglong.apps.accounts.roles import ROLE_CHOICES

    found = sorted({(pattern, name) for name, pattern in addresses()})
    return [
        {
            "address": pattern,
            "name": name,
            "verbs": verbs_needed(name),
            "anonymous": cell(name, ""),
            **{role: cell(name, role) for role, _label in ROLE_CHOICES},
        }
        for pattern, name in found
    ]


def markdown() -> str:
    from tenglong.apps.accounts.roles import ROLE_CHOICES

    columns = [("anonymous", "未登录"), *((role, str(label)) for role, label in ROLE_CHOICES)]
    table = rows()
    lines = [
        f"共 {len(table)} 个地址，{len(columns)} 种身份。",
        "",
        "| 地址 | 权限 | " + " | ".join(label for _role, label in columns) + " |",
        "|---" * (len(columns) + 2) + "|",
    ]
    for row in table:
        cells = [row[role] for role, _label in columns]
        lines.append(
            f"| `{row['address'].replace('|', chr(92) + '|')}` | {' + '.join(row['verbs'])} | " + " | ".join(cells) + " |"
        )
    return HEAD + "\n".join(lines) + "\n"


def main(asked: list[str]) -> int:
    start()
    if "--write" in asked:
        PAGE.parent.mkdir(parents=True, exist_ok=True)
        PAGE.write_text(markdown(), encoding="utf-8")
    elif "--json" in asked:
        sys.stdout.write(json.dumps(rows(), ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write(markdown())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
