"""What the evaluation refuses; every message is a Chinese sentence for the person at the screen."""

from __future__ import annotations

from django.utils.translation import gettext as _


class EvaluationError(Exception):
    """A step that the rules of the evaluation do not allow."""


class Stale(EvaluationError):
    """Somebody else wrote first."""

    def __init__(self) -> None:
        super().__init__(_("您打开页面之后，已有人修改了这条记录。请刷新后核对，再重新提交。"))
