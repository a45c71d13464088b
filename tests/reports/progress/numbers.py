"""The numbers of a release, rounded here once more, and those that stand in a finished file."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import docx

from apps.dashboards.lights import HIDDEN
from apps.dashboards.readings import Reading
from apps.reports.progress.appendix import METHOD_WORDS
from apps.reports.releases.edition import Edition

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
WORDED = re.compile(r"\d.*[\u4e00-\u9fffA-Z]|[\u4e00-\u9fffA-Z].*\d", re.DOTALL)
STRUCTURE = ("Heading", "Title", "Caption", "附件", "表题")


def rounded(number: Decimal | Fraction, decimals: int) -> str:
    exact = (
        Decimal(number.numerator) / Decimal(number.denominator) if isinstance(number, Fraction) else number
    )
    shown = abs(exact).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{shown:,.{decimals}f}"


def of_reading(reading: Reading) -> set[str]:
    """Return every number that may be told of a reading."""
    if reading.status == HIDDEN:
        return {str(reading.n_reported), str(reading.n_expected)} | of_target(reading)
    found = {str(reading.n_reported), str(reading.n_expected), str(reading.n_expected - reading.n_reported)}
    for number in (reading.value, reading.gap, reading.change, reading.gap_units):
        if number is not None:
            found |= {rounded(number, decimals) for decimals in range(7)}
    if reading.steps:
        found.add(str(reading.steps.total))
        for number in (reading.value, reading.gap):
            found |= {rounded(reading.steps.reached(number), 0)} if number is not None else set()
    for amount in (reading.numerator, reading.denominator):
        if amount is not None:
            found |= {rounded(amount, decimals) for decimals in range(5)}
    return found | of_target(reading)


def of_target(reading: Reading) -> set[str]:
    target = getattr(reading.indicator, "target", None)
    revisions = list(target.revisions.all()) if target else []
    numbers = [number for one in revisions for number in (one.value, one.value_max) if number is not None]
    return {rounded(number, decimals) for number in numbers for decimals in range(5)}


def shares(readings: Iterable[Reading]) -> set[str]:
    held = list(readings)
    due = sum(reading.n_expected for reading in held)
    if due <= 0:
        return set()
    share = Fraction(sum(reading.n_reported for reading in held) * 100, due)
    return {rounded(share, 0), "99" if share < 100 else "100"}


def of_counts(readings: Iterable[Reading]) -> set[str]:
    held = list(readings)
    counts = Counter(str(reading.status) for reading in held).values()
    return {str(len(held)), *map(str, counts)} | shares(held)


def of_dates(edition: Edition) -> set[str]:
    days = [edition.frozen_on, *(period.ends_on for period in edition.thawed.periods.values())]
    days += [measure.due_on for measure in edition.measures if measure.due_on]
    over = {str((edition.frozen_on - day).days) for day in days}
    return over | {str(part) for day in days for part in (day.year, day.month, day.day)}


def allowed(edition: Edition) -> set[str]:
    """Return every number that a report of the release may say anywhere."""
    found = {str(edition.version), str(edition.year), "0"} | of_dates(edition)
    core = [reading for reading in edition.current if reading.indicator.tier == "core"]
    found |= of_counts(edition.current) | of_counts(core)
    found |= of_counts(reading for reading in edition.current if reading not in core)
    for area in edition.areas:
        found |= of_counts(row.reading for row in edition.rows_of(area))
        found |= {str(area.number), str(len(edition.areas)), *measures(edition.measures_of(area))}
    found |= measures(edition.measures)
    for reading in edition.current:
        found |= of_reading(reading) | shares([reading])
    return found | {str(sum(reading.coverage not in (None, 1) for reading in edition.current))}


def measures(held: Iterable[Any]) -> set[str]:
    listed = list(held)
    counts = Counter(measure.status for measure in listed).values()
    return {str(len(listed)), *map(str, counts), *(str(number) for number in range(len(listed)))}


def quotes(edition: Edition) -> list[str]:
    """Return what is told word for word, the longest first: names, codes, sentences of the plan, methods."""
    found = [edition.plan.title, *edition.texts.values()]
    found += [office.name for office in edition.offices]
    found += [area.text for area in edition.areas] + [area.name for area in edition.areas]
    found += [line for _title, lines in METHOD_WORDS for line in lines]
    for row in edition.indicators:
        found += [row.code, row.name, row.numerator_label, row.denominator_label, row.source_quote]
        found.append(row.name.replace("“", "‘").replace("”", "’"))
    for measure in edition.measures:
        found += [measure.name, measure.name.replace("“", "‘").replace("”", "’")]
    worded = {text for text in found if text and WORDED.search(text)} | {edition.sha256, "SHA-256"}
    return sorted(worded, key=len, reverse=True)


def paragraphs(content: bytes) -> Iterator[str]:
    """Yield the paragraphs of a file that are no heading or caption."""
    document = docx.Document(io.BytesIO(content))
    for paragraph in document.paragraphs:
        if not str(paragraph.style.name).startswith(STRUCTURE) and not paragraph.style.name.startswith(
            "head"
        ):
            yield paragraph.text


def told(content: bytes) -> Iterator[str]:
    """Yield the paragraphs and the cells of a file that are no heading, caption or page number."""
    yield from paragraphs(content)
    for table in docx.Document(io.BytesIO(content)).tables:
        for row in table.rows[1:]:
            first = row.cells[0].text
            is_counted = first.isdigit() and len(first) < 4
            yield from (cell.text for cell in row.cells[1 if is_counted else 0 :])


def loose(content: bytes, edition: Edition) -> list[tuple[str, str]]:
    """Return the numbers of a file that the release does not have, each with its text."""
    verbatim, known = quotes(edition), allowed(edition)
    found = []
    for text in told(content):
        rest = text
        for quote in verbatim:
            rest = rest.replace(quote, "")
        found += [(number, text) for number in NUMBER.findall(rest) if number not in known]
    return found
