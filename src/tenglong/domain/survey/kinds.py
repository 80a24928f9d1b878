"""Kinds of survey rows and their fields, as described in `policies/kinds/*.yaml`."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML

from tenglong.domain.measures import Measure, packaged
from tenglong.domain.presets import preset

#: import order: what a row hangs on comes first
KINDS: Final = ("plots", "parcels", "links", "buildings", "enterprises", "occupancies", "accounts", "facts", "deals")

FieldType = Literal[
    "text",
    "area",
    "money",
    "number",
    "ratio",
    "term",
    "date",
    "period",
    "choice",
    "division",
    "geometry",
    "code:plot",
    "code:parcel",
    "code:uscc",
    "code:industry",
]


class Choice(BaseModel):
    """One allowed value; `synonyms` are what people write for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    label: str
    synonyms: tuple[str, ...] = ()


class FieldSpec(BaseModel):
    """A field of a kind. `unit` is both the unit of a heading that names none and the unit of templates;
    `min`/`max` are in `unit`; a synonym written `亩数@mu` fixes the unit of the column."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str
    label: str
    type: FieldType
    unit: str = ""
    required: bool = False
    synonyms: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    min: Decimal | None = None
    max: Decimal | None = None
    exclusive_min: bool = False
    integer: bool = False
    max_length: int = 0
    within: str = ""
    on: str = ""
    hints: tuple[str, ...] = ()
    sensitive: bool = False
    note: str = ""
    example: str = ""
    source: str = ""
    measure: bool = False

    @property
    def heading(self) -> str:
        """Heading of templates and exports, with its unit: 实测面积（亩）."""
        name = UNIT_LABELS.get(self.unit, "")
        return f"{self.label}（{name}）" if name else self.label


UNIT_LABELS: Final = {
    "m2": "平方米",
    "mu": "亩",
    "ha": "公顷",
    "km2": "平方公里",
    "yuan": "元",
    "wan_yuan": "万元",
    "yi_yuan": "亿元",
    "t": "吨",
    "tce": "吨标煤",
    "kwh": "千瓦时",
    "wan_kwh": "万千瓦时",
    "person": "人",
    "percent": "%",
    "year": "年",
}


class KindSpec(BaseModel):
    """A kind: of `keys` the first whose fields all have a value names the row; of `one_of` at least one is needed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: str
    label: str
    title: str
    keys: tuple[tuple[str, ...], ...] = Field(min_length=1)
    one_of: tuple[str, ...] = ()
    geometry: Literal["none", "optional", "required"] = "none"
    measures: bool = False
    fields: tuple[FieldSpec, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> KindSpec:
        ids = [field.id for field in self.fields]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{self.kind}：字段 id 重复")
        named = {name for key in self.keys for name in key} | set(self.one_of)
        if missing := named - set(ids):
            raise ValueError(f"{self.kind}：主键用到了没有定义的字段 {'、'.join(sorted(missing))}")
        return self

    def field(self, field_id: str) -> FieldSpec:
        """Raises KeyError."""
        for field in self.fields:
            if field.id == field_id:
                return field
        raise KeyError(field_id)


def load_kind(text: str, measures: dict[str, Measure] | None = None) -> KindSpec:
    """Text of a kind's YAML → KindSpec, with `measures` as fields where it asks. Raises pydantic.ValidationError."""
    spec = KindSpec.model_validate(YAML(typ="safe", pure=True).load(text))
    if not spec.measures or not measures:
        return spec
    return spec.model_copy(update={"fields": (*spec.fields, *(_as_field(measure) for measure in measures.values()))})


def _as_field(measure: Measure) -> FieldSpec:
    return FieldSpec(
        id=measure.id,
        label=measure.label,
        type="number",
        unit=measure.unit,
        synonyms=(*measure.synonyms, measure.id),
        min=measure.min,
        max=measure.max,
        sensitive=measure.sensitivity == "sensitive",
        note=measure.note,
        measure=True,
    )


def spec_of(kind: str | KindSpec) -> KindSpec:
    """The packaged description of a kind. Raises ValueError in Chinese naming the kinds there are."""
    if isinstance(kind, KindSpec):
        return kind
    if kind not in KINDS:
        raise ValueError(f"没有“{kind}”这种数据，可用：{'、'.join(KINDS)}")
    return _packaged(kind)


@lru_cache(maxsize=len(KINDS))
def _packaged(kind: str) -> KindSpec:
    return load_kind(preset(f"kinds/{kind}.yaml"), packaged())
