"""Compile every `.po` of the package to `.mo` without gettext tools. Needs Babel only when there is something to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "src" / "tenglong" / "locale"


def stale() -> list[Path]:
    """`.po` files newer than their `.mo`."""
    found = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    return [po for po in found if not (mo := po.with_suffix(".mo")).exists() or mo.stat().st_mtime < po.stat().st_mtime]


def ensure_babel() -> None:
    """Babel is a development dependency; a plain installation fetches just that, at its locked version."""
    try:
        import babel  # noqa: F401
    except ImportError:
        lines = (ROOT / "requirements-dev.txt").read_text("utf-8").splitlines()
        locked = [line for line in lines if line.startswith("babel==")]
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *locked], check=True)  # noqa: S603


def compile_one(po: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parts[-3])
    with po.with_suffix(".mo").open("wb") as target:
        write_mo(target, catalogue)


def main() -> None:
    waiting = stale()
    if waiting:
        ensure_babel()
    for po in waiting:
        compile_one(po)
    print(f"译文：编译 {len(waiting)} 个")  # noqa: T201


if __name__ == "__main__":
    main()
