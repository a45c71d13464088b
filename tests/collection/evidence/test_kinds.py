"""What a file is, by its content and structure; what is not opened, and why."""

import io
import zipfile

import pytest

from apps.collection.evidence.kinds import CSV, DOCX, JPEG, PDF, PNG, TXT, XLSX, kind_of
from apps.core import archives
from apps.core.archives import Unsafe
from tests.support import files

BILLION_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
UTF16 = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16")


def outcome(content):
    try:
        return kind_of(content)
    except Unsafe as refusal:
        return refusal.code


def macro_book():
    return files.with_parts(files.xlsx({"A1": 1}), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


def macro_types():
    types = b'<Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
    return files.with_parts(files.xlsx({"A1": 1}), {"[Content_Types].xml": types})


def nested(depth, content=b"0"):
    for _ in range(depth):
        content = files.archive({"inner.zip": content}, compressed=False)
    return files.docx("x", extra={"word/embeddings/a.xlsx": content})


def encrypted():
    content = bytearray(files.docx("x"))
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def remote_template():
    link = b'<Relationship Type="http://x/attachedTemplate" TargetMode="External" Target="http://x/a.dotm"/>'
    return files.docx(
        "x", extra={"word/_rels/settings.xml.rels": b"<Relationships>" + link + b"</Relationships>"}
    )


FILES = {
    "pdf": (files.PDF, PDF),
    "png": (files.png(), PNG),
    "jpeg": (files.JPEG, JPEG),
    "xlsx": (files.xlsx({"A1": "示例", "B1": 3}), XLSX),
    "docx": (files.docx("示例"), DOCX),
    "csv utf-8": ("项目,数\n甲,1\n".encode("utf-8-sig"), CSV),
    "csv gbk": ("项目,数\n甲,1\n".encode("gbk"), CSV),
    "text": ("示例说明，共三行。\n二\n三".encode(), TXT),
    "text utf-16": ("示例说明".encode("utf-16"), TXT),
    "chart with its own workbook": (
        files.docx("x", extra={"word/embeddings/a.xlsx": files.xlsx({"A1": 1})}),
        DOCX,
    ),
    # Not what they claim to be.
    "html": (b"<html><script>alert(1)</script>", "kind"),
    "html after text": (b"hello\n<script>alert(1)</script>", "kind"),
    "svg": (b'<?xml version="1.0"?><svg onload="x()"/>', "kind"),
    "html as pdf": (b"%PDF-1.4\n<html><script>alert(1)</script></html>", "damaged"),
    "program": (b"MZ\x90\x00\x03\x00", "kind"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "kind"),
    "plain zip": (files.archive({"a.txt": b"x"}), "kind"),
    "word and excel at once": (files.docx("x", extra={"xl/workbook.xml": b"<x/>"}), "kind"),
    # Two things at once.
    "zip behind pdf": (files.PDF + files.archive({"a": b"x"}), "two_kinds"),
    "zip behind png": (files.png() + files.archive({"a": b"x"}), "two_kinds"),
    "zip behind jpeg": (files.JPEG + files.archive({"a": b"x"}), "two_kinds"),
    "html behind png": (files.png() + b"<html>", "two_kinds"),
    "html behind jpeg": (files.JPEG + b"<html><script>", "two_kinds"),
    "html behind pdf": (files.PDF + b"<html>", "two_kinds"),
    "pdf inside docx": (
        files.archive(
            {"a": b"%PDF-1.4", "[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"},
            compressed=False,
        ),
        "two_kinds",
    ),
    # Cut off.
    "pdf cut": (files.PDF[:-80], "damaged"),
    "png cut": (files.png()[:-16], "damaged"),
    "png changed": (files.png().replace(b"IHDR\x00\x00\x00\x02", b"IHDR\x00\x00\x00\x03"), "damaged"),
    "jpeg cut": (files.JPEG[:-2], "damaged"),
    "jpeg head only": (b"\xff\xd8\xff\xe0....", "damaged"),
    "xlsx cut": (files.xlsx({"A1": 1})[:-100], "damaged"),
    "zip head only": (b"PK\x03\x04broken", "damaged"),
    # Active.
    "macros": (macro_book(), "macros"),
    "macro types": (macro_types(), "macros"),
    "macros in a chart's workbook": (
        files.docx("x", extra={"word/embeddings/a.xlsx": macro_book()}),
        "macros",
    ),
    "program inside": (files.docx("x", extra={"word/media/run.exe": b"MZ"}), "macros"),
    "remote template": (remote_template(), "active"),
    "pdf with a script": (
        files.PDF.replace(b"/Catalog", b"/Catalog /OpenAction << /S /JavaScript /JS (x) >>"),
        "active",
    ),
    "pdf with a disguised script": (
        files.PDF.replace(b"/Catalog", b"/Catalog /A << /S /J#61vaScript >>"),
        "active",
    ),
    "pdf that starts a program": (files.PDF.replace(b"/Catalog", b"/Catalog /A << /S /Launch >>"), "active"),
    "pdf with a password": (files.PDF.replace(b"/Catalog", b"/Catalog /Encrypt 9 0 R"), "encrypted"),
    "docx with a password": (encrypted(), "encrypted"),
    # Bombs.
    "entities in docx": (files.docx("x", prolog=BILLION_LAUGHS), "active"),
    "entities in xlsx": (
        files.with_parts(files.xlsx({"A1": 1}), {"xl/sharedStrings.xml": f"{BILLION_LAUGHS}<sst/>".encode()}),
        "active",
    ),
    "entities in utf-16": (files.docx("x", extra={"word/comments.xml": UTF16}), "active"),
    "ratio": (files.docx("x", extra={"word/media/a.bmp": b"\0" * (3 * 1024 * 1024)}), "bomb"),
    "nested archives": (nested(3), "bomb"),
    "path in a part": (files.docx("x", extra={"../../etc/passwd": b"x"}), "damaged"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_what_its_content_says(name):
    content, expected = FILES[name]
    assert outcome(content) == expected


def test_the_total_of_many_parts_is_limited(monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 3000)
    assert (
        outcome(files.docx("x", extra={f"word/media/{n}.bin": bytes(range(200)) * 5 for n in range(9)}))
        == "bomb"
    )


def test_the_number_of_parts_is_limited(monkeypatch):
    monkeypatch.setattr(archives, "MOST_PARTS", 5)
    assert outcome(files.docx("x", extra={f"word/media/{n}.bin": b"x" for n in range(9)})) == "bomb"


def test_a_part_that_lies_about_its_size_is_not_unpacked(monkeypatch):
    """The declared size is small, the deflated data is not."""
    content = bytearray(files.docx("x", extra={"word/media/a.bin": b"0" * 500_000}))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as source:
        info = source.getinfo("word/media/a.bin")
    for head, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = (
            content.find(info.filename.encode()) if offset == 22 else content.rfind(info.filename.encode())
        )
        start = content.rfind(head, 0, place)
        content[start + offset : start + offset + 4] = (10).to_bytes(4, "little")
    assert outcome(bytes(content)) == "damaged"
