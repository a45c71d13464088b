"""A table as a CSV file: UTF-8 with BOM, no cell that a spreadsheet takes for a formula. Pure."""

from __future__ import annotations

import csv
import io
import unicodedata

from apps.core import display
from apps.dashboards.tables import Cell, CellKind, Table

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|")


def harmless(text: str) -> str:
    """Return text that no spreadsheet evaluates: an apostrophe before what looks like a formula."""
    start = unicodedata.normalize("NFKC", text.lstrip(" \u3000\ufeff")[:1])
    suspicious = start.startswith(FORMULA_STARTS) or text[:1] in FORMULA_STARTS
    return f"'{text}" if text and suspicious else text


def cell_text(cell: Cell) -> str:
    """Return a cell for CSV: numbers as shown but ungrouped, percentages with their sign."""
    if cell.is_number and cell.value is not None:
        if cell.kind is CellKind.PERCENT:
            return cell.text.replace(",", "")
        return f"{display.rounded(cell.value, cell.decimals):f}"  # type: ignore[arg-type]
    return cell.text if cell.kind is CellKind.DATE else harmless(cell.text)


def csv_bytes(table: Table) -> bytes:
    """Return the table with its headings as a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([harmless(column.title) for column in table.columns])
    writer.writerows([cell_text(cell) for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")
