"""A page of documentation as HTML: headings with anchors, paragraphs, lists, tables, code. Pure.

Reads the part of Markdown that docs/ uses. Everything is escaped: a document can never bring markup along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.html import escape
from django.utils.safestring import SafeString

ANCHOR = re.compile(r'<a id="([a-z0-9-]+)"></a>')
HEADING = re.compile(r"(#{1,4}) (.+)")
ITEM = re.compile(r"(\*|-|\d+\.) (.+)")
INLINE = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<!\*)\*([^*]+)\*(?!\*)"), r"<em>\1</em>"),
    (re.compile(r"\[([^\]]+)\]\((#[a-z0-9-]+)\)"), r'<a href="\2">\1</a>'),
)


@dataclass(frozen=True)
class Heading:
    """A heading that a page can be linked to by."""

    level: int
    anchor: str
    text: str


@dataclass
class Document:
    """The HTML of a document and its headings, in order."""

    html: SafeString
    headings: list[Heading] = field(default_factory=list)


def rendered(text: str) -> Document:
    """Return a document; an anchor line belongs to the heading after it."""
    headings: list[Heading] = []
    pieces, anchor = [], ""
    for block in _blocks(text):
        first = block[0]
        if found := ANCHOR.fullmatch(first):
            anchor = found[1]
        elif found := HEADING.fullmatch(first):
            level = len(found[1])
            headings.append(Heading(level, anchor, _plain(found[2])))
            name = f' id="{anchor}"' if anchor else ""
            pieces.append(f"<h{level}{name}>{_inline(found[2])}</h{level}>")
            anchor = ""
        else:
            pieces.append(_block(block))
    return Document(SafeString("\n".join(pieces)), headings)  # each piece is escaped  # nosec B703


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield blocks of lines: a heading or an anchor alone, else what stands between empty lines."""
    block: list[str] = []
    in_code = False
    for line in [*text.splitlines(), ""]:
        in_code ^= line.startswith("```")
        alone = not in_code and bool(ANCHOR.fullmatch(line) or HEADING.fullmatch(line))
        if block and not in_code and (alone or not line.strip()):
            yield block
            block = []
        if alone:
            yield [line]
        elif line.strip() or in_code:
            block.append(line)


def _block(lines: list[str]) -> str:
    first = lines[0]
    if first.startswith("```"):
        code = "\n".join(line for line in lines if not line.startswith("```"))
        return f"<pre><code>{escape(code)}</code></pre>"
    if first.startswith("|"):
        return _table(lines)
    if ITEM.match(first):
        return _list(lines)
    return f"<p>{_joined(lines)}</p>"


def _list(lines: list[str]) -> str:
    items: list[list[str]] = []
    for line in lines:
        if found := ITEM.match(line):
            items.append([found[2]])
        else:
            items[-1].append(line)
    name = "ol" if lines[0][0].isdigit() else "ul"
    return f"<{name}>{''.join(f'<li>{_joined(item)}</li>' for item in items)}</{name}>"


def _table(lines: list[str]) -> str:
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head, body = rows[0], [row for row in rows[1:] if not set("".join(row)) <= set("-: ")]
    top = "".join(f'<th scope="col">{_inline(cell)}</th>' for cell in head)
    below = "".join(f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>" for row in body)
    return (
        f'<div class="table-wrap" tabindex="0" role="group"><table class="data-table">'
        f"<thead><tr>{top}</tr></thead><tbody>{below}</tbody></table></div>"
    )


def _joined(lines: list[str]) -> str:
    """Join the lines of a paragraph; between two Chinese characters a line break is no space."""
    text = " ".join(line.strip() for line in lines)
    return _inline(re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef]) (?=[\u3000-\u9fff\uff00-\uffef])", "", text))


def _inline(text: str) -> str:
    html = str(escape(text))
    for pattern, markup in INLINE:
        html = pattern.sub(markup, html)
    return html


def _plain(text: str) -> str:
    return re.sub(r"[`*]", "", text)
