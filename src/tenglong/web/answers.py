"""What every page does that shows one record or takes one step on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

#: JSON twins are read by people too
CHINESE: Final = {"ensure_ascii": False}


def whole(text: str, otherwise: int = 0) -> int:
    """The number that an address or a hidden field carries; `otherwise` for what is none, or longer than any key.

    `²` is a digit to Python and no number; 5,000 nines are one that it will not read.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else otherwise


def or_404(find: Callable[[], Any]) -> Any:
    """What `find` gives. What is somebody else's is as absent as what never was."""
    try:
        return find()
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这条记录，或它不在您的管辖范围内。")) from error


def made(request: HttpRequest, form: Any, step: Callable[[], Any], told: Any, *, refused: type[Exception]) -> Any:
    """What the step of a valid form gave (True for nothing), None where it was not taken. What is `refused`, and what the form
    finds wrong, is told as a toast."""
    if form is not None and not form.is_valid():
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label} {'；'.join(errors)}".strip())
        return None
    try:
        found = step()
    except refused as error:
        messages.error(request, str(error))
        return None
    if told:
        messages.success(request, told)
    return True if found is None else found


def done(request: HttpRequest, form: Any, step: Callable[[], Any], told: Any, *, refused: type[Exception]) -> bool:
    """Whether the step was taken, whatever it gave."""
    return made(request, form, lambda: (step(),), told, refused=refused) is not None
