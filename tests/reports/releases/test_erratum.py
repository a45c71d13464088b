"""From version to version: exactly what changed, as its reader may know it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from django.test import Client

from apps.core import clock
from apps.core.models import BusinessClock
from apps.reports.releases.audience import CIRCULATION, Audience
from apps.reports.releases.changes import Section
from apps.reports.releases.comparison import pairs_of
from apps.reports.releases.comparison import table_of as comparison_table
from apps.reports.releases.content import content_of
from apps.reports.releases.edition import edition_of_content
from apps.reports.releases.erratum import erratum_of
from apps.reports.releases.erratum_words import table_of
from tests.dashboards.factories import BaselineFactory, MeasureFactory, TargetFactory, TargetRevisionFactory
from tests.factories import UserFactory
from tests.reports.releases.district import AFTER, QUARTER, accepted, freeze, reopened, settled
from tests.support.returns import make_district

LEADER = Audience(sees_all=True)


@pytest.fixture(scope="module")
def first(django_db_setup, django_db_blocker) -> Any:
    """What a draft of the small district's second quarter holds, with a target, a baseline and a measure."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic(), clock.held_at(AFTER):
        BusinessClock.objects.create(fixed_date=AFTER)
        district = make_district()
        inclusion = district.indicators["inclusion"]
        TargetRevisionFactory(target=TargetFactory(indicator=inclusion))
        BaselineFactory(indicator=inclusion)
        MeasureFactory(area=inclusion.area, lead_office=district.health)
        settled(district)
        yield content_of(district.plan, quarter=QUARTER, version=0)
        transaction.set_rollback(True)


def changes(one: dict, other: dict, audience: Audience = LEADER):
    return erratum_of(edition_of_content(one, audience), edition_of_content(other, audience)).changes


def indicator(content: dict, name: str) -> dict:
    """The row of the indicator whose numerator counts `name`."""
    return next(row for row in content["indicators"] if name in row["numerator"])


def whole_result(content: dict, name: str) -> dict:
    pk, period = indicator(content, name)["id"], content["periods"][QUARTER - 1]["id"]
    return next(
        row
        for row in content["results"]
        if (row["indicator_id"], row["period_id"], row["slice_kind"]) == (pk, period, "all")
    )


def judgement(content: dict, name: str) -> dict:
    pk = whole_result(content, name)["id"]
    return next(row for row in content["judgements"] if row["result_id"] == pk)


def sections(found) -> list[str]:
    return [str(change.section) for change in found]


def test_the_same_content_has_no_erratum(first):
    assert list(changes(first, copy.deepcopy(first))) == []


def test_a_figure_that_shows_is_told_with_its_light(first):
    later = copy.deepcopy(first)
    judgement(later, "placed")["value"] = "55.00000000"
    judgement(later, "placed")["status"] = "achieved"
    (found,) = changes(first, later)
    assert (found.section, found.where) == (Section.FIGURE, "第二季度")
    assert (found.old.partition("%")[0], found.new.partition("%")[0]) == ("0.2", "55.0")
    assert (found.old_light, found.new_light) == (judgement(first, "placed")["status"], "achieved")


def test_what_shows_no_difference_is_told_apart_with_its_sums(first):
    later = copy.deepcopy(first)
    whole_result(later, "placed")["numerator"] = "2.0001"
    (found,) = changes(first, later)
    assert (found.section, found.old_light) == (Section.ROUNDING, "")
    assert (found.old, found.new) == ("0.2% (2/910)", "0.2% (2.0001/910)")


@pytest.mark.parametrize(
    ("table", "field", "value", "section"),
    [
        ("target_revisions", "value", "60.0000", "target"),
        ("baselines", "numerator", "510.0000", "baseline"),
        ("measures", "status", "closed", "measure"),
        ("schools", "setting", "rural", "school"),
    ],
)
def test_each_kind_of_change_is_told_once(first, table, field, value, section):
    later = copy.deepcopy(first)
    assert later[table][0][field] != value
    later[table][0][field] = value
    found = changes(first, later)
    assert sections(found) == [section]
    assert found[0].old != found[0].new


def test_a_definition_and_a_text_that_change_are_told(first):
    later = copy.deepcopy(first)
    indicator(later, "placed")["numerator"] = "placed + 0"
    later["texts"] = [{"kind": "judgement", "area": 0, "body": "总体平稳。"}]
    found = changes(first, later)
    assert sections(found) == ["text", "definition"]
    assert (found[0].old, found[0].new, found[0].area) == ("", "总体平稳。", 0)


def test_a_school_that_is_new_is_told_with_what_it_is(first):
    later = copy.deepcopy(first)
    later["schools"].append(later["schools"][0] | {"id": 10**9, "code": "9999999999", "name": "示例新校"})
    (found,) = changes(first, later)
    assert (found.section, found.subject, found.old) == (Section.SCHOOL, "示例新校", "")
    assert found.new.startswith("示例新校")


def hidden(content: dict, numerator: str) -> dict:
    """The content with few placed pupils, a number that is kept small."""
    made = copy.deepcopy(content)
    row = indicator(made, "placed")
    row["privacy"] = "small_cell"
    for unit in made["units"]:
        if unit[0] == row["id"]:
            unit[6], unit[11] = numerator, True
    for result in made["results"]:
        if result["indicator_id"] == row["id"] and result["numerator"] is not None:
            result["numerator"] = numerator
            if result["slice_kind"] != "all":
                made["hidden"].append([row["id"], result["slice_kind"], result["slice_value"]])
    return made


def test_hidden_numbers_are_told_as_changed_and_nothing_more(first):
    found = changes(hidden(first, "3.0000"), hidden(first, "4.0000"), CIRCULATION)
    name = f"{indicator(first, 'placed')['code']} {indicator(first, 'placed')['name']}"
    assert [(str(row.section), row.subject, row.where) for row in found] == [("hidden", name, "")]
    assert (found[0].old, found[0].new) == ("人数过少，不予显示", "人数过少，不予显示；有变化")
    assert (found[0].old_light, found[0].new_light) == ("", "")


def test_hidden_numbers_that_are_the_same_are_not_told(first):
    assert list(changes(hidden(first, "3.0000"), hidden(first, "3.0000"), CIRCULATION)) == []


def test_who_owns_them_reads_the_numbers_of_the_whole(first):
    found = changes(hidden(first, "3.0000"), hidden(first, "4.0000"), LEADER)
    whole = [row for row in found if row.where == "第二季度"]
    assert [str(row.section) for row in whole] == ["rounding"]
    assert (whole[0].old, whole[0].new) == ("0.2% (3/910)", "0.2% (4/910)")


def test_a_restricted_indicator_leaves_no_trace_for_others(first):
    made = copy.deepcopy(first)
    indicator(made, "placed")["privacy"] = "restricted"
    later = copy.deepcopy(made)
    judgement(later, "placed")["value"] = "55.00000000"
    assert list(changes(made, later, CIRCULATION)) == []
    assert sections(changes(made, later)) == ["figure"]


def test_the_table_for_files_has_one_row_a_change(first):
    later = copy.deepcopy(first)
    judgement(later, "placed")["value"] = "55.00000000"
    later["texts"] = [{"kind": "judgement", "area": 0, "body": "=1+1"}]
    erratum = erratum_of(edition_of_content(first, LEADER), edition_of_content(later, LEADER))
    table = table_of(erratum)
    assert [row[1].text for row in table.rows] == ["教育局撰写的文字", "数据"]
    assert {len(row) for row in table.rows} == {len(table.columns)}
    assert [(area.number if area else 0, len(rows)) for area, rows in erratum.by_area] == [(0, 1), (6, 1)]


def test_two_releases_stand_side_by_side(first):
    later = copy.deepcopy(first)
    judgement(later, "placed")["value"] = "55.00000000"
    old, new = edition_of_content(first, LEADER), edition_of_content(later, LEADER)
    assert len(pairs_of(old, new)) == len(first["indicators"])
    (pair,) = pairs_of(old, new, changed=True)
    assert (pair.new_text, pair.change_text, pair.changes_light) == ("55.0%", "+54.8 个百分点", False)
    assert [row.area for row in pairs_of(old, new, area=6)] == [6, 6]
    assert pairs_of(old, new, area=10, changed=True) == []
    table = comparison_table([pair], old_name="甲", new_name="乙")
    assert [cell.text for cell in table.rows[0]][4:7] == ["0.2%", "55.0%", "54.8"]


def test_a_difference_that_would_tell_a_small_number_is_not_worked_out(first):
    made = copy.deepcopy(first)
    indicator(made, "placed")["privacy"] = "small_cell"
    for content in (made, later := copy.deepcopy(made)):
        whole_result(content, "placed")["numerator"] = "400.0000"
    judgement(later, "placed")["value"] = "55.00000000"
    told = [
        pairs_of(edition_of_content(made, reader), edition_of_content(later, reader), changed=True)
        for reader in (LEADER, CIRCULATION)
    ]
    assert [[pair.change_text for pair in pairs] for pairs in told] == [["+54.8 个百分点"], ["—"]]


def test_a_correction_becomes_an_erratum_page_and_its_files(small_district, submission, head):
    freeze(small_district, head)
    reopened(small_district, submission)
    accepted(small_district, submission)
    freeze(small_district, head, reason="更正一所学校")
    client = Client()
    client.force_login(head)
    page = client.get("/releases/2025/2/v2/erratum/").content.decode()
    code = small_district.indicators["inclusion"].code
    others = {one.code for one in small_district.indicators.values()} - {code}
    assert [code in page, "更正一所学校" in page, "44.0%" in page] == [True] * 3
    assert [other for other in others if other in page] == []
    csv = client.get("/releases/2025/2/v2/erratum.csv").content.decode("utf-8-sig")
    assert {line.split(",")[2].split(" ")[0] for line in csv.splitlines()[1:]} == {code}
    assert client.get("/releases/2025/2/v2/erratum.xlsx").status_code == 200
    assert [client.get(f"/releases/2025/2/v{n}/erratum/").status_code for n in (1, 3)] == [404, 404]
    address = "/releases/compare/?old=2025-2-1&new=2025-2-2&changed=1"
    compared = client.get(address).content.decode()
    assert [code in compared, any(other in compared for other in others)] == [True, False]
    assert client.get("/releases/compare/?old=2025-2-1&new=2025-2-9").status_code == 404
    assert client.get(address.replace("/?", ".csv?")).content.decode("utf-8-sig").count(code) == 1
    office = UserFactory(role="office", organisation=small_district.staff)
    client.force_login(office)
    assert client.get("/releases/2025/2/v2/erratum/").status_code == 200
