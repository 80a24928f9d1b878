"""What can go wrong when the register is written; every message is a Chinese sentence for the person at the screen."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from tenglong.domain.delta import Delta


class RegistryError(Exception):
    """A write that the rules of the register do not allow."""


class Conflict(RegistryError):
    """Somebody else wrote first: `theirs` is what they changed, `mine` what this form would change."""

    def __init__(self, theirs: Sequence[Delta], mine: Sequence[Delta], lock_version: int) -> None:
        self.theirs, self.mine, self.lock_version = list(theirs), list(mine), lock_version
        super().__init__(_("您打开页面之后，已有人修改了这条记录。请对照双方的修改后再保存，您填写的内容没有丢失。"))


class Stale(RegistryError):
    """Rows whose record changed after they were staged; `rows` are indices into the prepared rows."""

    def __init__(self, rows: Sequence[int]) -> None:
        self.rows = list(rows)
        told = _("预览之后有 %(n)s 条记录被别人修改，请重新预览后再确认入库；本次没有写入任何数据。")
        super().__init__(told % {"n": len(self.rows)})
