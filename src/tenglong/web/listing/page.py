"""The list page itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can
from tenglong.web.answers import whole
from tenglong.web.listing import conditions
from tenglong.web.listing.columns import Action, Column, Filter, Text, Tool
from tenglong.web.models import ColumnChoice, SavedFilter

SIZES = (50, 100, 200)
#: rows are loaded and hashed in one go, so an export is limited; a county has thousands, not millions
EXPORT_LIMIT = 200_000


class ListPage:
    """Subclass it, set the class attributes, give `queryset`. See `web/README.md` for an example."""

    id: str = ""
    title: Text = ""
    noun: Text = ""  # 块, 家, 条: the counting word of the totals row
    verb: str = ""
    columns: Sequence[Column] = ()
    filters: Sequence[Filter] = ()
    order: Sequence[str] = ("pk",)
    key: str = "ulid"
    row_url: str = ""
    tools: Sequence[Tool] = ()
    actions: Sequence[Action] = ()
    crumbs: Sequence[tuple[Text, str]] = ()
    dated: bool = False  # offers “as of”
    geometry: str = ""  # field that holds a Shape id: enables GeoPackage
    caliber: Text = ""
    empty_title: Text = ""
    empty_text: Text = ""
    empty_tool: Tool | None = None

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.user = request.user
        self.params = request.GET

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        """Scoped rows; the only source of the page, the twin and the export."""
        raise NotImplementedError

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        """Fill computed columns in place, for all rows of a page at once."""

    # conditions and order -------------------------------------------------
    @cached_property
    def on(self) -> date | None:
        text = self.params.get("on", "")
        try:
            return date.fromisoformat(text) if text and self.dated else None
        except ValueError:
            return None

    @cached_property
    def asked(self) -> conditions.Conditions:
        found = conditions.read(self.filters, self.params, self.user)
        if self.dated and self.params.get("on") and self.on is None:
            found.errors["on"] = _("“%(text)s”不是日期，请写成 2026-11-22") % {"text": self.params["on"]}
        elif self.on:
            found.applied.append((_("截至"), self.on.isoformat(), ("on",)))
        return found

    @cached_property
    def rows_query(self) -> QuerySet[Any]:
        return self.queryset(self.user, self.on).filter(self.asked.where)

    @cached_property
    def sort(self) -> str:
        name = self.params.get("sort", "")
        known = {item.name for item in self.columns if item.can_sort}
        return name if name.removeprefix("-") in known else ""

    def ordered(self) -> QuerySet[Any]:
        if not self.sort:
            return self.rows_query.order_by(*self.order)
        path = F(next(item.path for item in self.columns if item.name == self.sort.removeprefix("-")))
        by = path.desc(nulls_last=True) if self.sort.startswith("-") else path.asc(nulls_last=True)
        return self.rows_query.order_by(by, *self.order)

    # columns --------------------------------------------------------------
    @cached_property
    def chosen(self) -> list[Column]:
        """The user's own columns, else the defaults."""
        row = ColumnChoice.objects.filter(user_id=self.user.pk or 0, page=self.id).first()
        names = row.columns if row else []
        mine = [item for item in self.columns if item.name in names]
        return mine or [item for item in self.columns if item.default]

    def _paths(self, columns: Sequence[Column]) -> dict[str, F]:
        return {f"c_{item.name}": F(item.path) for item in columns if not item.computed}

    def fetch(self, query: QuerySet[Any], columns: Sequence[Column]) -> list[dict[str, Any]]:
        """Rows as plain dictionaries: `key`, `pk` and one entry per column."""
        raw = query.values("pk", *self.extra_fields, row_key=F(self.key), **self._paths(columns))
        rows = [
            {name.removeprefix("c_") if name.startswith("c_") else name: value for name, value in row.items()} for row in raw
        ]
        self.decorate(rows)
        return rows

    @property
    def extra_fields(self) -> tuple[str, ...]:
        """More model fields that `decorate` needs."""
        return ()

    # totals and pages -----------------------------------------------------
    @cached_property
    def totals(self) -> dict[str, Any]:
        """`rows`, and per summed column its sum and how many rows carry a value (the denominator)."""
        sums: dict[str, Any] = {"rows": Count("pk")}
        for item in self.columns:
            if item.total and not item.computed:
                sums[f"sum_{item.name}"] = Sum(item.path)
                sums[f"n_{item.name}"] = Count(item.path)
        return self.rows_query.order_by().aggregate(**sums)

    @cached_property
    def size(self) -> int:
        text = self.params.get("size", "")
        return size if (size := whole(text)) in SIZES else SIZES[0]

    @cached_property
    def pages(self) -> int:
        rows: int = self.totals["rows"]
        return max(1, -(-rows // self.size))

    @cached_property
    def number(self) -> int:
        text = self.params.get("page", "")
        return min(max(1, int(text)), self.pages) if text.isdecimal() and len(text) < 9 else 1

    def page_rows(self) -> list[dict[str, Any]]:
        start = (self.number - 1) * self.size
        return self.fetch(self.ordered()[start : start + self.size], self.chosen)

    # what the template shows ----------------------------------------------
    def table(self) -> list[Row]:
        return [self._row(row) for row in self.page_rows()]

    def _row(self, row: dict[str, Any]) -> Row:
        cells = [Cell(item, item.text(row.get(item.name)), item.tone(row.get(item.name))) for item in self.chosen]
        return Row(str(row["row_key"]), self.url_of(row), cells)

    def url_of(self, row: dict[str, Any]) -> str:
        return reverse(self.row_url, args=[row["row_key"]]) if self.row_url else ""

    def foot(self) -> list[dict[str, str]]:
        """Totals under the chosen columns, each with its denominator."""
        cells = []
        for item in self.chosen:
            total = self.totals.get(f"sum_{item.name}")
            text = item.text(total) if item.total and total is not None else ""
            had, rows = self.totals.get(f"n_{item.name}", 0), self.totals["rows"]
            note = _("%(had)s/%(rows)s 有值") % {"had": f"{had:,}", "rows": f"{rows:,}"} if text and had != rows else ""
            label = f"{item.label} {item.unit}".strip()
            cells.append({"text": text, "note": note, "numeric": "n" if item.numeric else "", "label": label})
        return cells

    def may(self, verb: str) -> bool:
        return can(self.user, verb)

    def tool_links(self) -> list[tuple[Tool, str]]:
        found = [(tool, link_to(tool.url_name)) for tool in self.tools if self.may(tool.verb)]
        return [(tool, url + tool.query) for tool, url in found if url]

    def action_links(self) -> list[tuple[Action, str]]:
        found = [(action, link_to(action.url_name)) for action in self.actions if self.may(action.verb)]
        return [(action, url) for action, url in found if url]

    def saved(self) -> QuerySet[SavedFilter]:
        return SavedFilter.objects.filter(user_id=self.user.pk or 0, page=self.id)

    def without(self, *names: str) -> str:
        """The present query string without these parameters (and from page 1)."""
        kept = [(key, value) for key, value in self.params.items() if key not in (*names, "page") and value]
        return "?" + urlencode(kept)

    def with_param(self, name: str, value: str) -> str:
        """The present query string with this one set; "" drops it."""
        base = self.without(name)
        return f"{base}{'&' if base != '?' else ''}{name}={value}" if value else base

    def applied_links(self) -> list[tuple[str, str, str]]:
        return [(label, text, self.without(*keys)) for label, text, keys in self.asked.applied]

    def sort_links(self) -> list[dict[str, Any]]:
        heads = []
        for item in self.chosen:
            now = {item.name: "ascending", f"-{item.name}": "descending"}.get(self.sort, "")
            turn = {"ascending": f"-{item.name}", "descending": ""}.get(now, item.name)
            url = self.with_param("sort", turn)
            heads.append({"column": item, "sort": now, "url": url if item.can_sort else ""})
        return heads

    def page_links(self) -> dict[str, str]:
        def to(number: int) -> str:
            return self.with_param("page", str(number))

        back, on = self.number > 1, self.number < self.pages
        return {
            "first": to(1) if back else "",
            "previous": to(self.number - 1) if back else "",
            "next": to(self.number + 1) if on else "",
            "last": to(self.pages) if on else "",
        }

    def filter_fields(self) -> list[dict[str, Any]]:
        return [self._filter_field(item) for item in self.filters]

    def _filter_field(self, item: Filter) -> dict[str, Any]:
        ends = ("_min", "_max") if item.kind in ("range", "date") else ("",)
        inputs = [
            {"name": name, "value": self.params.get(name, ""), "error": self.asked.errors.get(name, "")}
            for name in (item.name + end for end in ends)
        ]
        choices = item.choices_for(self.user) if item.kind == "choice" else ()
        return {"filter": item, "inputs": inputs, "choices": choices, "unit": conditions.UNIT_WORDS.get(item.unit, item.unit)}


@dataclass(frozen=True)
class Cell:
    column: Column
    text: str
    tone: str


@dataclass(frozen=True)
class Row:
    key: str
    url: str
    cells: list[Cell]


def link_to(url_name: str) -> str:
    """ "" when that page is not installed."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
