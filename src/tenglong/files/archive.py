"""Opening a zip without believing it: names, sizes, ratios and links are checked before a byte is written."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from tenglong.files.errors import FileError, Limits, size_text

CHUNK: Final = 1 << 20
#: below this size a high ratio costs nothing
SMALL: Final = 1 << 20
NESTED: Final = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".jar")
_AGAIN: Final = "请用资源管理器或 WPS 重新打包、重新导出后再试"


def open_zip(path: Path, name: str, limits: Limits) -> zipfile.ZipFile:
    """A ZipFile whose directory has been checked. Raises FileError."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileError("压缩结构损坏，打不开", name, _AGAIN) from error
    try:
        check_members(archive.infolist(), path.stat().st_size, name, limits)
    except FileError:
        archive.close()
        raise
    return archive


def check_members(members: list[zipfile.ZipInfo], size: int, name: str, limits: Limits) -> None:
    """Refuse by the directory of a zip of `size` bytes, before anything is unpacked. Raises FileError."""
    if not any(not item.is_dir() for item in members):
        raise FileError("压缩包里没有文件", name, "请放入数据文件后重新打包")
    if len(members) > limits.members:
        raise FileError(f"压缩包里有 {len(members)} 个文件，超过 {limits.members} 个", name, "请只打包要导入的文件")
    total = sum(item.file_size for item in members)
    if total > limits.unpacked_bytes:
        raise FileError(
            f"解压后会有 {size_text(total)}，超过 {size_text(limits.unpacked_bytes)}", name, "请拆成几个小文件分别导入"
        )
    if sum(item.compress_size for item in members) > size:
        raise FileError("压缩包的目录说了假话：各文件压缩后的大小之和超过压缩包本身", name, _AGAIN)
    for item in members:
        _check_member(item, name, limits)


def _check_member(item: zipfile.ZipInfo, name: str, limits: Limits) -> None:
    inner = f"{name} 内 {member_name(item)}"
    path = PurePosixPath(item.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in item.filename or "\x00" in item.filename:
        raise FileError("压缩包里的文件名带有路径跳转或盘符，可能写到别处", inner, _AGAIN)
    if stat.S_ISLNK(item.external_attr >> 16):
        raise FileError("压缩包里有指向别处的链接", inner, "请放入真正的文件后重新打包")
    if item.flag_bits & 0x1:
        raise FileError("压缩包加了密码", inner, "请去掉密码后再导入")
    if item.file_size > SMALL and item.file_size > limits.ratio * max(item.compress_size, 1):
        raise FileError(
            f"压缩比异常（解压后是压缩时的 {item.file_size // max(item.compress_size, 1)} 倍），疑似压缩炸弹", inner, _AGAIN
        )
    if path.suffix.lower() in NESTED:
        raise FileError("压缩包里还套着压缩包", inner, "请解开里层，只打包一层")


def member_name(item: zipfile.ZipInfo) -> str:
    """The member's name as its maker saw it: names without the UTF-8 flag are GBK on Chinese machines."""
    if item.flag_bits & 0x800:
        return item.filename
    try:
        return item.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return item.filename


def chunks(archive: zipfile.ZipFile, item: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """Unpacked bytes of a member; a member longer than it claims, or broken, raises FileError."""
    seen = 0
    inner = f"{name} 内 {member_name(item)}"
    try:
        with archive.open(item) as stream:
            while block := stream.read(CHUNK):
                seen += len(block)
                if seen > item.file_size:
                    raise FileError("文件实际大小超过压缩包目录所写的大小", inner, _AGAIN)
                yield block
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError("压缩包内的文件损坏，校验不符", inner, _AGAIN) from error
    except Exception as error:  # zlib.error has no common base
        raise FileError("压缩包内的文件损坏，解不开", inner, _AGAIN) from error
    if seen != item.file_size:
        raise FileError("文件实际大小与压缩包目录所写的不符", inner, _AGAIN)


def extract(archive: zipfile.ZipFile, folder: Path, name: str) -> list[Path]:
    """Unpack the files (not __MACOSX, dot files, Thumbs.db) below `folder`; returns their paths."""
    out = []
    for item in archive.infolist():
        inner = PurePosixPath(member_name(item).replace("\\", "/"))
        if item.is_dir() or _litter(inner):
            continue
        target = folder.joinpath(*(part for part in inner.parts if part not in ("/", "..", ".")))
        if not target.resolve().is_relative_to(folder.resolve()):
            raise FileError("压缩包里的文件名会写到别处", f"{name} 内 {inner}", _AGAIN)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for block in chunks(archive, item, name):
                file.write(block)
        out.append(target)
    return out


def _litter(path: PurePosixPath) -> bool:
    return path.parts[0] == "__MACOSX" or path.name.startswith(".") or path.name.lower() in {"thumbs.db", "desktop.ini"}
