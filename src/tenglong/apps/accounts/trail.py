"""Audit from below: `accounts` is the lowest room, so `audit` hands its recorder down here when it starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Recorder = Callable[..., Any]
_recorder: Recorder | None = None


def use(recorder: Recorder) -> None:
    """Called once by `apps.audit`."""
    global _recorder  # noqa: PLW0603
    _recorder = recorder


def record(actor: Any, action: str, subject_type: str, subject_id: object, **more: Any) -> Any:
    """Same as `audit.service.record`. Raises RuntimeError when audit is not installed: nothing is done unrecorded."""
    if _recorder is None:
        raise RuntimeError("审计没有启用，拒绝执行未记录的操作")
    return _recorder(actor, action, subject_type, subject_id, **more)
