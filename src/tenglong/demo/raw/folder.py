"""Makes the whole raw survey folder: clean files, then the seeder's damage and its list."""

from __future__ import annotations

from pathlib import Path

from tenglong.demo.build import build_county
from tenglong.demo.county import MARK, PLOTS
from tenglong.demo.raw.seeder import seed_folder
from tenglong.demo.raw.seeding import Seeded
from tenglong.demo.raw.sheets import plan
from tenglong.demo.raw.write import write_sheets
from tenglong.demo.streams import DEFAULT_SEED


class FolderNotEmpty(ValueError):
    """The folder already holds something; the message is a Chinese sentence."""


def write_clean(folder: Path, seed: int = DEFAULT_SEED, plots: int = PLOTS) -> list[Path]:
    """The county of `seed` as an office would like to send it: no defect. Raises FolderNotEmpty."""
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmpty(f"目录“{folder}”不是空的，请换一个目录或先清空")
    folder.mkdir(parents=True, exist_ok=True)
    files = write_sheets(folder, plan(build_county(seed, plots)))
    (folder / "说明.txt").write_text(
        f"{MARK}：镇街名称与代码为真，边界、地块、企业、数据全部虚构。生成种子 {seed}。\n", encoding="utf-8")
    return files


def write_raw(folder: Path, seed: int = DEFAULT_SEED, plots: int = PLOTS) -> list[Seeded]:
    """Clean files, then the damage of `seed`; returns what was seeded (also in `seeded.json`). Raises FolderNotEmpty, NoRow."""
    write_clean(folder, seed, plots)
    return seed_folder(folder, seed)
