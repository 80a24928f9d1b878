"""Delimited text: encoding and delimiter are found, never assumed."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Final

from tenglong.domain.survey.table import Cell, Table
from tenglong.files.errors import FileError, Limits
from tenglong.files.sheets import build, check_size

DELIMITERS: Final = (",", "\t", ";", "|")
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read_csv(path: Path, name: str, limits: Limits, encoding: str | None) -> list[Table]:
    """One Table. Raises FileError."""
    text, used = decode(path.read_bytes(), name, encoding)
    if "\x00" in text:
        raise FileError("文本里有空字符，不是文本表格", name, "请用 Excel/WPS 打开后另存为 UTF-8 的 csv")
    rows = _rows(text, name, limits)
    check_size(len(rows), max((len(row) for row in rows), default=0), name, limits)
    width = max((len(row) for row in rows), default=0)
    padded = [row + [None] * (width - len(row)) for row in rows]
    table = build(Path(name).stem, name, "csv", padded, (), limits, name, (f"按 {used.upper()} 编码读取",))
    if table is None:
        raise FileError("文件里没有数据行", name, "表头下面应有数据")
    return [table]


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str]:
    """Text and the encoding used: the byte-order mark, else UTF-8, else GB18030. Raises FileError saying where it fails."""
    marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), None)
    tries = [encoding] if encoding else [marked] if marked else ["utf-8", "gb18030"]
    failure: UnicodeError | None = None
    for codec in tries:
        try:
            return data.decode(codec), codec
        except UnicodeError as error:
            failure = failure or error
        except LookupError as error:
            raise FileError(f"没有名为“{codec}”的编码", name, "可用：utf-8、gb18030、utf-16、cp1252") from error
    line = data.count(b"\n", 0, failure.start) + 1 if isinstance(failure, UnicodeDecodeError) else 1
    raise FileError(
        f"文字编码不对：不是{'、'.join(tries).upper()}",
        f"{name} 第 {line} 行",
        "请用 Excel/WPS 另存为“CSV UTF-8”，或用 --encoding 指明编码",
    )


def _rows(text: str, name: str, limits: Limits) -> list[list[Cell]]:
    delimiter = _delimiter(text)
    csv.field_size_limit(limits.cell_chars)
    rows: list[list[Cell]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            rows.append([cell if cell.strip() else None for cell in record])
            if len(rows) > limits.rows + 20:
                raise FileError(f"超过 {limits.rows:,} 行", name, "请分成几个文件导入")
    except csv.Error as error:
        raise FileError(
            "表格结构不对，可能有引号没有配对，或某个单元格过长", f"{name} 第 {len(rows) + 1} 行", "请检查该行的双引号"
        ) from error
    return rows


def _delimiter(text: str) -> str:
    head = [line for line in text[:65_536].splitlines()[:20] if line.strip()]

    def steady(mark: str) -> tuple[int, int]:
        counts = [len(row) for row in csv.reader(head, delimiter=mark)]
        most = max(counts, default=1)
        return (counts.count(most) if most > 1 else 0, most)

    return max(DELIMITERS, key=steady) if head else ","
