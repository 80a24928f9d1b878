"""Reasons as sentences: each kind has one template, so that a page can say it in another language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

TEMPLATES: Final[dict[str, str]] = {
    "role": "这一步由%(who)s办理，您没有这个角色或权限",
    "opener": "“%(name)s”由%(who)s发起，您没有这个角色或权限",
    "state": "案件现在是“%(state)s”，不能办理“%(name)s”",
    "field": "还没有填“%(name)s”",
    "document": "还缺材料“%(name)s”",
    "task": "任务“%(name)s”还没有完成",
    "second": "“%(name)s”是您本人办的，这一步须由另一人办理",
    "never": "须先办理“%(name)s”",
    "early": "“%(name)s”于 %(on)s 办理，须满 %(term)s，%(day)s 起可办",
    "reason": "请写明理由",
    "unknown": "流程里的检查项“%(name)s”没有安装，请联系管理员",
    "paused": "案件已暂停，恢复之后才能办理",
    "pauser": "暂停和恢复由%(who)s办理，您没有这个角色或权限",
    "still": "案件没有暂停",
    "future": "日期 %(day)s 晚于今天",
    "closed": "任务“%(name)s”已经办结或已随流转关闭",
    "wait": "“%(name)s”期限未满，%(day)s 起才能办结",
    "said": "%(text)s",
}


@dataclass(frozen=True)
class Block:
    """Why something is not possible. `text` is the Chinese sentence; `sentence(translate)` says it in another language."""

    kind: str
    values: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, kind: str, **values: str) -> Block:
        return cls(kind, values)

    @classmethod
    def said(cls, sentence: str) -> Block:
        """A sentence of an app's own guard."""
        return cls("said", {"text": sentence})

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        told = {name: translate(value) if value else "" for name, value in self.values.items()}
        return translate(TEMPLATES[self.kind]) % told

    @property
    def text(self) -> str:
        return self.sentence()


class TaskBlocked(ValueError):
    """The task cannot be closed; the message holds every reason."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)
        super().__init__("；".join(block.text for block in self.blocks))
