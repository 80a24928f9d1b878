"""`tenglong check [KIND] FILE`: the checks of an import, without a database."""

from __future__ import annotations

from pathlib import Path

import click

from tenglong.cli import _check_input as source
from tenglong.cli._county import county_facts
from tenglong.cli._report import emit
from tenglong.domain.geo.crs_names import UnknownCrs
from tenglong.domain.quality.issue import Report
from tenglong.domain.quality.options import AREA_TOLERANCE_FLOOR, Options
from tenglong.domain.quality.registry import ALL_KINDS
from tenglong.domain.quality.run import run
from tenglong.domain.survey.county import CountyFacts
from tenglong.domain.survey.shifted import shift_issue
from tenglong.files import FileError

AREA_UNITS = ["m2", "mu", "ha"]


@click.command(name="check", help="检查 FILE 的图形、面积、编码和字段；KIND 缺省为 parcels（宗地）。不需要数据库，不改动文件。")
@click.argument("words", nargs=-1, required=True, metavar="[KIND] FILE")
@click.option("--layer", help="图层或工作表名；缺省取第一个")
@click.option("--stated-area", "stated_area", metavar="列名", help="证载面积所在列")
@click.option("--stated-unit", type=click.Choice(AREA_UNITS), help="证载面积的单位；缺省看表头，表头没写则为 m2")
@click.option("--area-tolerance", type=click.FloatRange(0, 10), default=Options.area_tolerance, show_default=True,
              help=f"图上面积与证载面积的允许相对差；小于 {AREA_TOLERANCE_FLOOR} 按 {AREA_TOLERANCE_FLOOR} 计")
@click.option("--area-basis", type=click.Choice(["geodesic", "plane"]), default="geodesic", show_default=True,
              help="以测地面积还是平面面积比较")
@click.option("--min-overlap", type=click.FloatRange(0), default=Options.min_overlap, show_default=True,
              help="重叠起报面积（平方米）")
@click.option("--max-gap", type=click.FloatRange(0), default=Options.max_gap, show_default=True,
              help="缝隙最大宽度（米），0 为不查")
@click.option("--sliver-width", type=click.FloatRange(0), default=Options.sliver_width, show_default=True,
              help="碎面平均宽度（米）")
@click.option("--buildings", "buildings", type=click.Path(path_type=Path), help="厂房图形文件，用于检查厂房跨界")
@click.option("--crs", help="坐标系编号，例如 EPSG:4549；覆盖文件自带的")
@click.option("--key", "key", metavar="列名", help="编码所在列；缺省按表头识别，再取第一个值不重复的列")
@click.option("--county", help="县级区划代码，如 330604；用来认镇街名、坐标系和本县地址")
@click.option("--outlines", type=click.Path(exists=True, path_type=Path), help="镇街界线文件，与 --county 同用")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--strict", is_flag=True, help="有警告也以 1 退出")
def command(words: tuple[str, ...], layer: str | None, stated_area: str | None, stated_unit: str | None, area_tolerance: float,
            area_basis: str, min_overlap: float, max_gap: float, sliver_width: float, buildings: Path | None, crs: str | None,
            key: str | None, county: str | None, outlines: Path | None, as_json: bool, strict: bool) -> None:
    """Exit 0: no error; 1: errors found, or a file that cannot be read; 2: bad use."""
    kind, path = _kind_and_path(words)
    options = Options(min_overlap=min_overlap, max_gap=max_gap, sliver_width=sliver_width, area_tolerance=area_tolerance,
                      area_basis="plane" if area_basis == "plane" else "geodesic")
    known = county_facts(county, outlines)
    try:
        main = source.load(kind, path, layer=layer, crs=crs, key=key, stated_area=stated_area, stated_unit=stated_unit,
                           county=known)
        more = []
        if buildings:
            more = [source.load("buildings", source.existing(buildings), layer=None, crs=None, key=None, county=known)]
    except (FileError, source.Unreadable) as error:
        raise click.ClickException(str(error)) from error
    except UnknownCrs as error:
        raise click.UsageError(str(error)) from error
    emit(_report([main, *more], options, known), as_json=as_json, strict=strict)


def _kind_and_path(words: tuple[str, ...]) -> tuple[str, Path]:
    if len(words) > 2:
        raise click.UsageError("只能检查一个文件：tenglong check [KIND] FILE")
    kind = words[0] if len(words) == 2 else "parcels"
    if kind not in ALL_KINDS:
        raise click.UsageError(f"不认识的数据种类“{kind}”，可用：{'、'.join(ALL_KINDS)}")
    return kind, source.existing(Path(words[-1]))


def _report(loaded: list[source.Loaded], options: Options, county: CountyFacts) -> Report:
    """The report of the first data set, and beside it what was taken for key, area and coordinate system."""
    main = loaded[0]
    found = [issue for one in loaded for issue in one.issues]
    report = run([one.batch for one in loaded], county.context(), options, primary=main.batch.kind, issues=found)
    if main.no_crs_skip:
        report.skipped.append({"rule": "coordinate-system", "dataset": main.batch.kind, "reason": main.no_crs_skip})
    shifted, offset = shift_issue(main.batch, county)
    report.add(shifted)
    report.extra = {
        "offset": offset,
        "dataset": main.batch.kind,
        "inputs": [one.described() for one in loaded],
        "options": {"min_overlap_m2": options.min_overlap, "max_gap_m": options.max_gap, "sliver_width_m": options.sliver_width,
                    "area_tolerance": options.tolerance, "area_basis": options.area_basis},
    }
    return report
