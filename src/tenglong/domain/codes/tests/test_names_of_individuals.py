"""Persons in the names of 个体工商户 are masked in public lists, whatever the length of the name."""

from __future__ import annotations

import pytest

from tenglong.domain.codes.persons import masked_individual

OWN, COMPANY = "92330604MA0000001X", "91330604MA0000001X"


@pytest.mark.parametrize(("name", "shown"), [
    ("张三丰", "张＊＊"), ("李四", "李＊"), ("欧阳小明", "欧＊＊＊"),
    ("上虞区张三丰五金店", "上虞区张＊＊五金店"), ("绍兴市上虞区百官街道李四服装加工厂", "绍兴市上虞区百官街道李＊服装加工厂"),
    ("上虞王小明机械厂", "上虞王＊＊机械厂"), ("绍兴市上虞区欧阳小明经营部", "绍兴市上虞区欧阳＊＊经营部"),
    ("陈阿毛豆制品加工场", "陈＊＊豆制品加工场"), ("绍兴市上虞区红星五金厂（赵大力）", "绍兴市上虞区红星五金厂（赵＊＊）"),
    ("上虞区百官周建国水果店", "上虞区百官周＊＊水果店"),
])
def test_the_owner_in_the_name_is_masked(name: str, shown: str) -> None:
    assert masked_individual(name, OWN) == shown


@pytest.mark.parametrize("name", ["上虞区红星五金厂", "绍兴市上虞区百官街道便民超市"])
def test_a_brand_without_a_family_name_stays(name: str) -> None:
    assert masked_individual(name, OWN) == name


@pytest.mark.parametrize("name", ["张三丰五金有限公司", "绍兴某某有限公司", "张三丰"])
def test_companies_are_told_in_full(name: str) -> None:
    assert masked_individual(name, COMPANY) == name
