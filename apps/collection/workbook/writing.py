"""The form as a workbook: locked but for the cells to fill in, and back again with what is wrong."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from apps.collection.facts import FactValue, shown_text
from apps.collection.form_fields import FieldView
from apps.collection.keys import Key
from apps.collection.sheet import Section, Sheet
from apps.collection.slots import Slot
from apps.collection.workbook import columns as col
from apps.collection.workbook.identity import IDENTITY_SHEET, Identity
from apps.collection.workbook.instructions import lines as instruction_lines
from apps.collection.workbook.proposal import Line, cells_of
from apps.collection.workbook.validation import validation_of
from apps.organisations.enums import Stage

FONT = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
LINE = {"border": 1, "border_color": "#B8C2CF"}
FORM, GUIDE = "填报表", "填报说明"
TOP = 3
ONLY_YES = {
    "validate": "list",
    "source": ["是"],
    "error_title": "不适用",
    "error_message": "不适用时选“是”，否则留空。",
}
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class FormBook:
    """One workbook being written; `lines` are what a file brought, with what is wrong of it."""

    def __init__(
        self,
        sheet: Sheet,
        identity: Identity,
        year_before: Mapping[Key, FactValue],
        lines: Mapping[Key, Line] | None = None,
    ) -> None:
        self.sheet, self.identity, self.year_before = sheet, identity, year_before
        self.lines = lines
        self.buffer = io.BytesIO()
        self.book = xlsxwriter.Workbook(self.buffer, OPTIONS)
        self.book.set_properties({"title": self.title, "company": sheet.organisation.name})
        self.formats: dict[tuple[tuple[str, object], ...], Any] = {}
        self.columns = col.columns(with_errors=lines is not None)
        self.places = {column.heading: place for place, column in enumerate(self.columns)}
        self.row, self.number = TOP, 0

    @property
    def title(self) -> str:
        return f"{self.identity.year}年第{'一二三四'[self.identity.quarter - 1]}季度填报表"

    def bytes(self) -> bytes:
        """Write everything and return the file."""
        self._guide()
        form = self.book.add_worksheet(FORM)
        self._head(form)
        for section in self.sheet.sections:
            self._section(form, section)
        self._finish(form)
        self._identity()
        form.activate()
        self.book.close()
        return self.buffer.getvalue()

    def format(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({**FONT, **properties})
        return self.formats[key]

    def _guide(self) -> None:
        guide = self.book.add_worksheet(GUIDE)
        guide.set_column(0, 0, 5)
        guide.set_column(1, 1, 92)
        guide.merge_range(
            0, 0, 0, 1, self.title, self.format(bold=True, font_name="黑体", font_size=16, align="center")
        )
        guide.set_row(0, 34)
        for number, text in enumerate(instruction_lines(self.sheet, is_returned=self.lines is not None), 1):
            guide.write_number(number, 0, number, self.format(align="center", valign="top"))
            guide.write_string(number, 1, text, self.format(text_wrap=True, valign="top"))
            guide.set_row(number, 16 * (1 + len(text) // 46))
        guide.protect()
        _print_setup(guide, landscape=False)

    def _head(self, form: Any) -> None:
        last = self.places[col.HELP]
        form.merge_range(
            0, 0, 0, last, self.title, self.format(bold=True, font_name="黑体", font_size=16, align="center")
        )
        form.set_row(0, 32)
        period = self.sheet.period
        organisation = self.sheet.organisation
        who = f"{organisation.name}（{organisation.code}）　截止日期：{period.due_on:%Y-%m-%d}"
        form.merge_range(1, 0, 1, last, who, self.format(align="center"))
        style = self.format(bold=True, bg_color="#E6EEF8", text_wrap=True, align="center", **LINE)
        for place, column in enumerate(self.columns):
            is_hidden = column in col.HIDDEN
            form.set_column(place, place, column.width, None, {"hidden": True} if is_hidden else {})
            form.write_string(TOP - 1, place, column.heading, style)
        form.set_row(TOP - 1, 24)

    def _section(self, form: Any, section: Section) -> None:
        name = f"{section.area.number}. {section.area.name}" if section.area else "其他"
        style = self.format(bold=True, bg_color="#F3F6FA", **LINE)
        form.merge_range(self.row, 0, self.row, self.places[col.HELP], name, style)
        form.set_row(self.row, 20)
        self.row += 1
        for group in section.groups:
            for view in group.fields:
                self._fact(form, view, group.stage)
                self.row += 1

    def _fact(self, form: Any, view: FieldView, stage: Stage) -> None:
        slot, element = view.slot, view.slot.element
        text = self.format(text_wrap=True, **LINE)
        middle = self.format(align="center", text_wrap=True, **LINE)
        self.number += 1
        form.write_number(self.row, self.places[col.NUMBER], self.number, middle)
        form.write_string(self.row, self.places[col.NAME], element.name, text)
        form.write_string(
            self.row, self.places[col.STAGE], "" if stage == Stage.WHOLE else str(stage.label), middle
        )
        form.write_string(self.row, self.places[col.UNIT], element.unit, middle)
        self._inputs(form, slot)
        before = slot.previous.value if slot.previous else None
        right = self.format(align="right", font_color="#56616F", **LINE)
        form.write_string(self.row, self.places[col.PREVIOUS], shown_text(element, before, unit=False), right)
        year_before = self.year_before.get(slot.key)
        form.write_string(
            self.row, self.places[col.LAST_YEAR], shown_text(element, year_before, unit=False), right
        )
        form.write_string(self.row, self.places[col.HELP], element.help_text, text)
        form.write_string(self.row, self.places[col.KEY], col.key_cell(element, slot.stage), text)
        form.write_string(self.row, self.places[col.BASE], col.base_cell(*cells_of(slot)), text)
        form.set_row(self.row, _height(element.name, element.help_text, self._error(slot)))

    def _inputs(self, form: Any, slot: Slot) -> None:
        line = self.lines.get(slot.key) if self.lines is not None else None
        texts = cells_of(slot)
        if line is not None and line.row is not None and not line.row.is_empty:
            texts = (line.row.text(col.INPUT), line.row.text(col.ABSENT), line.row.text(col.NOTE))
        is_wrong = line is not None and line.problem is not None
        colour = "#FDE4E1" if is_wrong else "#FFFBE6" if slot.editable else "#EEF0F3"
        style = {"locked": not slot.editable, "bg_color": colour, **LINE}
        self._input(form, slot, texts[0], style)
        choice = self.format(align="center", **style)
        form.write_string(self.row, self.places[col.ABSENT], texts[1], choice)
        form.write_string(self.row, self.places[col.NOTE], texts[2], self.format(text_wrap=True, **style))
        if slot.editable:
            form.data_validation(
                self.row,
                self.places[col.ABSENT],
                self.row,
                self.places[col.ABSENT],
                ONLY_YES,
            )
        if self.lines is not None:
            red = self.format(text_wrap=True, font_color="#B3261E", indent=1, **LINE)
            form.write_string(self.row, self.places[col.ERROR], self._error(slot), red)

    def _input(self, form: Any, slot: Slot, text: str, style: dict[str, object]) -> None:
        place, element = self.places[col.INPUT], slot.element
        value = slot.value
        if text and text == cells_of(slot)[0] and value.number is not None and not _is_word(slot):
            decimals = f".{'0' * element.decimals}" if element.decimals else ""
            shape = self.format(num_format=f"#,##0{decimals}", align="right", **style)
            form.write_number(self.row, place, float(value.number), shape)
        elif text and text == cells_of(slot)[0] and value.date is not None:
            moment = dt.datetime.combine(value.date, dt.time())
            form.write_datetime(self.row, place, moment, self.format(num_format="yyyy-mm-dd", **style))
        elif not text and element.value_type == "date":
            form.write_blank(self.row, place, None, self.format(num_format="yyyy-mm-dd", **style))
        else:
            align = "left" if element.value_type == "text" else "right"
            form.write_string(self.row, place, text, self.format(align=align, text_wrap=True, **style))
        if slot.editable and (rule := validation_of(element)):
            form.data_validation(self.row, place, self.row, place, rule)

    def _error(self, slot: Slot) -> str:
        line = self.lines.get(slot.key) if self.lines is not None else None
        if line is None:
            return ""
        problems = [line.problem] if line.problem else line.warnings
        return " ".join(problem.message for problem in problems)

    def _finish(self, form: Any) -> None:
        form.freeze_panes(TOP, 2)
        form.repeat_rows(TOP - 1)
        form.print_area(0, 0, max(self.row - 1, TOP), self.places[col.HELP])
        form.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
        _print_setup(form, landscape=True)

    def _identity(self) -> None:
        """The hidden sheet, and names for the same cells, so that a renamed sheet can still be told."""
        hidden = self.book.add_worksheet(IDENTITY_SHEET)
        for number, (name, value) in enumerate(self.identity.rows()):
            hidden.write_string(number, 0, name)
            hidden.write_string(number, 1, value)
            self.book.define_name(f"lusong_{name}", f"='{IDENTITY_SHEET}'!$B${number + 1}")
        hidden.protect()
        hidden.very_hidden()


def _is_word(slot: Slot) -> bool:
    return slot.element.value_type in ("boolean", "choice")


def _height(name: str, help_text: str, error: str) -> int:
    """Return a row's height that holds its longest wrapped text; spreadsheets do not do it by themselves."""
    lines = max(_lines(name, 34), _lines(help_text, 44), _lines(error, 46))
    return max(20, 15 * lines + 4)


def _lines(text: str, width: int) -> int:
    """A Chinese character is as wide as two digits."""
    units = sum(2 if sign > "\u2e7f" else 1 for sign in text)
    return -(-units // (width - 2)) if units else 1


def _print_setup(sheet: Any, *, landscape: bool) -> None:
    sheet.set_landscape() if landscape else sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&C第 &P 页，共 &N 页")
