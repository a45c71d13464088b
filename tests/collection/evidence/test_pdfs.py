"""PDFs are read within limits, by another process: what hangs or breaks is read less far and said so."""

import time

import pytest

from apps.collection.evidence import pdfs
from apps.collection.evidence.pdfs import is_legible, pdf_text
from apps.core.kept import TextCheck
from apps.demo.evidence import tiny_pdf


@pytest.mark.parametrize(
    ("content", "check"),
    [
        (tiny_pdf(["Totals only"]), TextCheck.ALL),
        (tiny_pdf([]), TextCheck.NONE),
        (b"%PDF-1.4 broken", TextCheck.NONE),
        (
            tiny_pdf(["With a seal"]).replace(
                b"/Resources << /Font",
                b"/Resources << /XObject << /S << /Type /XObject /Subtype /Image >> >> /Font",
            ),
            TextCheck.PARTLY,
        ),
        # A tree of pages that leads back to itself.
        (tiny_pdf(["x"]).replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"), TextCheck.NONE),
    ],
)
def test_how_much_of_a_pdf_was_read(content, check):
    assert pdf_text(content).check == check


def test_a_reader_that_hangs_is_ended_and_what_it_read_is_used(monkeypatch, tmp_path):
    slow = tmp_path / "slow.py"
    slow.write_text(
        "import json, sys, time\n"
        "print(json.dumps({'pages': 2}))\n"
        "print(json.dumps({'text': 'first page', 'pictures': False, 'whole': True}), flush=True)\n"
        "time.sleep(600)\n"
    )
    monkeypatch.setattr(pdfs, "READER", slow)
    monkeypatch.setattr(pdfs, "SECONDS", 1.0)
    begun = time.monotonic()
    read = pdf_text(b"")
    assert time.monotonic() - begun < 60
    assert ([page.text for page in read.pages], read.check) == (["first page"], TextCheck.PARTLY)


@pytest.mark.parametrize(
    ("text", "legible"),
    [("共 1234 人", True), ("\x01\x02\x03a", False), ("\ue000\ue001\ue002", False), (" \n", False)],
)
def test_glyph_numbers_are_no_text(text, legible):
    assert is_legible(text) is legible
