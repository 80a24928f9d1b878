"""Filling an office's own .docx: `{{name}}` becomes text, a table row naming `{{list.name}}` repeats for each entry."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn

from tenglong.files.docx.guard import check_template
from tenglong.files.docx.layout import clean, saved
from tenglong.files.errors import FileError

Value = str | Sequence[Mapping[str, str]]
_MARK: Final = re.compile(r"\{\{\s*([^{}]{1,80}?)\s*\}\}")
_ROWS: Final = 20_000


def placeholders(template: bytes) -> list[str]:
    """Names a template asks for, in order of appearance, each once. Raises FileError."""
    document = _opened(template)
    seen: dict[str, None] = {}
    for root in _roots(document):
        for paragraph in root.iter(qn("w:p")):
            seen |= dict.fromkeys(_MARK.findall(_text(paragraph)))
    return list(seen)


def fill(template: bytes, values: Mapping[str, Value]) -> bytes:
    """The template with every placeholder replaced by its value; values are text and are not read again.

    A line break in a value begins a new paragraph of the same look where the placeholder stands alone, else a new line.
    Raises FileError for a refused template and for names without a value.
    """
    document = _opened(template)
    lacking = [name for name in placeholders(template) if not _known(name, values)]
    if lacking:
        raise FileError(
            f"模板里的 {'、'.join(f'{{{{{name}}}}}' for name in lacking)} 没有对应的数据", "模板", "请改正名称或删去"
        )
    for root in _roots(document):
        for row in list(root.iter(qn("w:tr"))):
            _repeat(row, values)
        for paragraph in list(root.iter(qn("w:p"))):
            _replace(paragraph, {name: value for name, value in values.items() if isinstance(value, str)})
    return saved(document)


def _opened(template: bytes) -> DocxDocument:
    check_template(template)
    try:
        return Document(io.BytesIO(template))
    except (ValueError, KeyError, AttributeError, OSError) as error:
        raise FileError("模板打不开", "模板", "请用 Word/WPS 另存为 .docx 后再试") from error


def _roots(document: DocxDocument) -> Iterator[Any]:
    """Body, headers and footers, each once."""
    yield document.element.body
    for section in document.sections:
        for part in (
            section.header,
            section.footer,
            section.even_page_header,
            section.even_page_footer,
            section.first_page_header,
            section.first_page_footer,
        ):
            if not part.is_linked_to_previous:
                yield part._element


def _known(name: str, values: Mapping[str, Value]) -> bool:
    head, dot, tail = name.partition(".")
    held = values.get(head)
    if not dot:
        return isinstance(held, str)
    return held is not None and not isinstance(held, str) and all(tail in entry for entry in held)


def _text(paragraph: Any) -> str:
    return "".join(node.text or "" for node in _nodes(paragraph))


def _nodes(paragraph: Any) -> list[Any]:
    """Text nodes of this paragraph itself, not of one inside a text box of it."""
    return [node for node in paragraph.iter(qn("w:t")) if next(node.iterancestors(qn("w:p"))) is paragraph]


def _repeat(row: Any, values: Mapping[str, Value]) -> None:
    names = [name for paragraph in row.iter(qn("w:p")) for name in _MARK.findall(_text(paragraph)) if "." in name]
    lists = {name.partition(".")[0] for name in names}
    if not lists:
        return
    if len(lists) > 1:
        raise FileError(f"模板的一行里混用了几个列表：{'、'.join(sorted(lists))}", "模板", "一行只放一个列表的名称")
    (name,) = lists
    entries = values[name]
    if isinstance(entries, str) or len(entries) > _ROWS:
        raise FileError(f"列表 {name} 的行数超过 {_ROWS}", "模板", "请分成几份")
    for entry in entries:
        made = copy.deepcopy(row)
        row.addprevious(made)
        told = {f"{name}.{key}": text for key, text in entry.items()}
        plain = {key: value for key, value in values.items() if isinstance(value, str)}
        for paragraph in list(made.iter(qn("w:p"))):
            _replace(paragraph, plain | told, done=True)
    row.getparent().remove(row)


def _replace(paragraph: Any, texts: Mapping[str, str], *, done: bool = False) -> None:
    """Placeholders may be cut into several runs by Word: the first run's look is kept for the whole value."""
    if paragraph.get(_DONE):
        del paragraph.attrib[_DONE]
        return
    nodes = _nodes(paragraph)
    whole = "".join(node.text or "" for node in nodes)
    found = [mark for mark in _MARK.finditer(whole) if mark[1] in texts]
    if len(found) == 1 and found[0][0] == whole.strip() and "\n" in texts[found[0][1]] and not done:
        _paragraphs(paragraph, nodes, clean(texts[found[0][1]]).split("\n"))
        return
    for mark in reversed(found):
        _put(nodes, mark.start(), mark.end(), clean(texts[mark[1]]))
    for node in nodes:
        _broken(node)
    if done:
        paragraph.set(_DONE, "1")


#: marks paragraphs of repeated rows, whose values must not be read for placeholders a second time; taken off again
_DONE: Final = "tenglong-filled"


def _put(nodes: Sequence[Any], start: int, end: int, text: str) -> None:
    """Replace characters start..end of the joined nodes by `text`, which goes where the first of them stood."""
    at = 0
    for node in nodes:
        own = node.text or ""
        low, high = max(start - at, 0), min(end - at, len(own))
        if low < high:
            node.text = own[:low] + text + own[high:]
            node.set(qn("xml:space"), "preserve")
            text = ""
        at += len(own)


def _broken(node: Any) -> None:
    """Line breaks of a value become breaks inside the run."""
    lines = (node.text or "").split("\n")
    node.text = lines[0]
    after = node
    for line in lines[1:]:
        pause, more = node.makeelement(qn("w:br")), copy.copy(node)
        more.text = line
        after.addnext(pause)
        pause.addnext(more)
        after = more


def _paragraphs(paragraph: Any, nodes: Sequence[Any], lines: Sequence[str]) -> None:
    """One paragraph of the same look for each line."""
    for line in lines[1:][::-1]:
        made = copy.deepcopy(paragraph)
        _only(_nodes(made), line)
        paragraph.addnext(made)
    _only(nodes, lines[0])


def _only(nodes: Sequence[Any], line: str) -> None:
    for node in nodes:
        node.text = ""
    nodes[0].text = line
    nodes[0].set(qn("xml:space"), "preserve")
