"""Each table brought in, through the services that its pages use."""

import datetime as dt

import pytest

from apps.accounts.models import User
from apps.collection.models import DataValue, Submission
from apps.organisations.models import Organisation, OrganisationEvent
from apps.plans.models import Baseline, Measure, Target, TargetRevision
from apps.reports.exchange import exchange_of
from tests.factories import OfficeFactory, SchoolFactory, UserFactory
from tests.reports.exchange.conftest import TODAY
from tests.reports.exchange.files import counts, csv_of, errors, look, measure, take, xlsx_of
from tests.support.returns import submit

SCHOOL_HEADINGS = ["学校代码", "学校名称", "学校类型", "办学性质", "城乡", "学段", "成立日期", "变更日期"]


# Schools.


def school_row(code="3143999999", name="示例新校", **changes):
    row = {
        "学校代码": code,
        "学校名称": name,
        "学校类型": "小学",
        "办学性质": "公办",
        "城乡": "城区",
        "学段": "小学",
        "成立日期": "2025-03-01",
        "变更日期": "",
    }
    return list({**row, **changes}.values())


def of_district(school, **changes):
    return school_row(school.code, school.name, 成立日期=school.opened_on.isoformat(), **changes)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_a_school_is_opened(administrator, client, encoding):
    page = look(client, "schools", csv_of(SCHOOL_HEADINGS, school_row(), encoding=encoding))
    assert (counts(page), errors(page)) == ((1, 0, 0, 0), [])
    assert not Organisation.objects.filter(code="3143999999").exists()
    take(client, page)
    school = Organisation.objects.get(code="3143999999")
    assert (school.name, school.opened_on, school.region) == (
        "示例新校",
        dt.date(2025, 3, 1),
        administrator.region,
    )
    assert list(school.stages.values_list("stage", flat=True)) == ["primary"]
    assert school.events.get().recorded_by == administrator
    assert school.assignments.exists()
    again = look(client, "schools", csv_of(SCHOOL_HEADINGS, school_row(), encoding=encoding))
    assert counts(again) == (0, 0, 1, 0)


def test_a_workbook_is_read_like_a_file(administrator, client):
    headings = SCHOOL_HEADINGS
    row = school_row()
    row[0] = 3143999999
    page = look(client, "schools", xlsx_of(headings, row))
    assert counts(page) == (1, 0, 0, 0)


def test_a_school_is_renamed_and_changes_its_owner(administrator, client, district):
    row = of_district(district.school, 学校名称="示例新名", 办学性质="民办", 变更日期="2025-04-01")
    page = look(client, "schools", csv_of(SCHOOL_HEADINGS, row))
    changes = [(change.heading, change.new) for change in page.context["outcome"].rows[0].changes]
    assert changes == [("学校名称", "示例新名"), ("办学性质", "民办"), ("变更日期", "2025-04-01")]
    take(client, page)
    profiles = list(district.school.profiles.values_list("name", "ownership", "valid_from", "valid_to"))
    assert profiles == [
        (district.school.name, "public", dt.date(2010, 9, 1), dt.date(2025, 4, 1)),
        ("示例新名", "private", dt.date(2025, 4, 1), None),
    ]
    assert sorted(district.school.events.values_list("kind", flat=True)) == ["ownership", "renamed"]


def test_one_wrong_row_and_nothing_is_written(administrator, client, district):
    rows = [school_row(), of_district(district.school, 办学性质="集体"), school_row("31439", "短码")]
    page = look(client, "schools", csv_of(SCHOOL_HEADINGS, *rows))
    assert [(cell, heading) for cell, heading, _message in errors(page)] == [("D3", "办学性质"), ("", "")]
    assert counts(page) == (1, 0, 0, 2)
    take(client, page)
    assert not Organisation.objects.filter(code="3143999999").exists()
    assert OrganisationEvent.objects.count() == 0


def test_a_row_that_stands_twice_is_refused(administrator, client):
    page = look(client, "schools", csv_of(SCHOOL_HEADINGS, school_row(), school_row(name="另一名")))
    assert errors(page) == [("A3", "学校代码", "本行与第 2 行重复。")]


def test_a_void_code_is_not_reused(administrator, client, district):
    Organisation.objects.filter(pk=district.school.pk).update(closed_on="2025-01-01")
    page = look(client, "schools", csv_of(SCHOOL_HEADINGS, school_row(district.school.code)))
    assert counts(page) == (0, 0, 0, 1)
    assert "作废代码不得重复使用" in errors(page)[0][2]


def test_what_changed_meanwhile_is_shown_again(administrator, client, district):
    page = look(client, "offices", csv_of(["股室代码", "股室名称"], [district.health.code, "体卫艺股"]))
    Organisation.objects.filter(pk=district.health.pk).update(name="别名")
    again = take(client, page)
    assert again.context["outcome"].n_changed == 1
    assert Organisation.objects.get(pk=district.health.pk).name == "别名"


# Accounts.


def test_accounts_are_created_and_changed(administrator, client, district):
    headings = ["用户名", "姓名", "角色", "单位", "分管股室", "启用"]
    old = district.reporter
    rows = [
        ["new.person", "示例新人", "学校填报员", district.school.code, "", ""],
        ["vice", "示例分管", "分管领导", "", f"{district.health.name}、{district.staff.name}", "是"],
        [old.username, "示例改名", "学校填报员", district.school.name, "", "否"],
    ]
    page = look(client, "accounts", csv_of(headings, *rows, encoding="gbk"))
    assert (counts(page), errors(page)) == ((2, 1, 0, 0), [])
    take(client, page)
    made, vice = User.objects.get(username="new.person"), User.objects.get(username="vice")
    assert (made.organisation, made.has_usable_password(), made.region) == (
        district.school,
        False,
        administrator.region,
    )
    assert set(vice.offices_led.all()) == {district.health, district.staff}
    old.refresh_from_db()
    assert (old.name, old.is_active) == ("示例改名", False)


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (["甲 乙", "名", "审计员", "", "", ""], "A2"),
        (["x", "名", "校长", "", "", ""], "D2"),
        (["x", "名", "审计员", "", "体卫", ""], "E2"),
        (["boss", "名", "审计员", "", "", ""], ""),
        (["x", "", "审计员", "", "", ""], "B2"),
    ],
)
def test_accounts_that_do_not_fit_are_refused(administrator, client, row, cell):
    headings = ["用户名", "姓名", "角色", "单位", "分管股室", "启用"]
    page = look(client, "accounts", csv_of(headings, row))
    assert [error[0] for error in errors(page)] == [cell]


# Decisions.


def proposal(indicator):
    target = Target.objects.create(indicator=indicator, source="plan_implied")
    return TargetRevision.objects.create(
        target=target,
        number=1,
        source="plan_implied",
        operator=indicator.direction,
        value=90,
        effective_from=dt.date(2025, 1, 1),
        reason="文意",
    )


def test_targets_are_confirmed_and_set(administrator, client, district):
    first, second = district.indicators["teachers"], district.indicators["inclusion"]
    revision = proposal(first)
    Target.objects.create(indicator=second, source="bureau_to_set")
    headings = ["指标代码", "目标值", "约束对象", "已核定", "依据"]
    rows = [[first.code, "90", "区级", "是", "局务会"], [second.code, "85.5", "区级", "是", "局务会"]]
    page = look(client, "targets", csv_of(headings, *rows))
    assert (counts(page), errors(page)) == ((0, 2, 0, 0), [])
    take(client, page)
    revision.refresh_from_db()
    assert (revision.confirmed_by, revision.confirmed_on) == (administrator, TODAY)
    made = second.target.revisions.get()
    assert (str(made.value), made.reason, made.confirmed_by) == ("85.5000", "局务会", administrator)
    assert counts(look(client, "targets", csv_of(headings, *rows))) == (0, 0, 2, 0)


def test_a_target_needs_its_reason(administrator, client, district):
    Target.objects.create(indicator=district.indicators["teachers"], source="bureau_to_set")
    rows = [[district.indicators["teachers"].code, "90", "是", ""]]
    page = look(client, "targets", csv_of(["指标代码", "目标值", "已核定", "依据"], *rows))
    assert [error[0] for error in errors(page)] == ["D2"]


def test_baselines_are_locked_and_restated_with_a_reason(administrator, client, district):
    indicator = district.indicators["teachers"]
    headings = ["指标代码", "口径", "口径值", "分子", "分母", "数据日期", "定义与来源", "重述原因"]
    row = [indicator.code, "全部", "", "80", "100", "2024-12-31", "年报", ""]
    page = look(client, "baselines", csv_of(headings, row))
    assert (counts(page), errors(page)) == ((1, 0, 0, 0), [])
    take(client, page)
    assert Baseline.objects.get().locked_by == administrator
    row[3] = "81"
    assert [error[0] for error in errors(look(client, "baselines", csv_of(headings, row)))] == ["H2"]
    row[7] = "口径更正"
    take(client, look(client, "baselines", csv_of(headings, row)))
    current = Baseline.objects.get(superseded_at__isnull=True)
    assert (current.numerator, Baseline.objects.count()) == (81, 2)


def test_responsibility_is_divided(administrator, client, district):
    first = measure(district)
    leader = UserFactory(role="leader", region=district.plan.region, name="示例局长")
    headings = ["举措代码", "牵头领导", "牵头股室", "配合股室", "完成时限"]
    page = look(
        client,
        "responsibility",
        csv_of(headings, [first.code, leader.name, "体卫", "人事,计财", "2025年9月30日"]),
    )
    assert (counts(page), errors(page)) == ((0, 1, 0, 0), [])
    take(client, page)
    first.refresh_from_db()
    assert (first.area.lead_leader, first.lead_office, first.due_on) == (
        leader,
        district.health,
        dt.date(2025, 9, 30),
    )
    assert set(first.supporting_offices.all()) == {district.staff, district.finance}
    assert counts(look(client, "responsibility", client.get("/exchange/responsibility.xlsx").content)) == (
        0,
        0,
        1,
        0,
    )


def test_a_name_with_full_width_brackets_comes_back_as_it_went_out(administrator, client, district):
    one = measure(district)
    leader = UserFactory(role="deputy", region=district.plan.region, name="示例分管领导（二）")
    Measure.objects.filter(pk=one.pk).update(lead_leader=leader)
    page = look(client, "responsibility", client.get("/exchange/responsibility.xlsx").content)
    assert (errors(page), counts(page)) == ([], (0, 0, 1, 0))
    assert page.context["outcome"].rows[0].subject == f"{one.code} {one.name}"


def test_leaders_that_differ_lead_their_measures(administrator, client, district):
    """The one named in every row of an area leads the area, others only the measures that name them."""
    first, second = measure(district), measure(district)
    chief, *deputies = (UserFactory(role="deputy", region=district.plan.region) for _ in range(3))
    headings = ["举措代码", "牵头领导", "牵头股室"]

    take(
        client,
        look(
            client,
            "responsibility",
            csv_of(headings, *([one.code, chief.name, "人事"] for one in (first, second))),
        ),
    )
    assert [leaders_of(one) for one in (first, second)] == [(chief, None, chief)] * 2

    rows = [[one.code, who.name, "人事"] for one, who in zip((first, second), deputies, strict=True)]
    take(client, look(client, "responsibility", csv_of(headings, *rows)))
    assert [leaders_of(one) for one in (first, second)] == [(chief, who, who) for who in deputies]


def leaders_of(measure):
    found = Measure.objects.get(pk=measure.pk)
    return found.area.lead_leader, found.lead_leader, found.leader


def test_elements_change_their_help_only(administrator, client, district):
    row = ["pupils", "在籍学生", "学籍系统"]
    page = look(client, "elements", csv_of(["数据项代码", "填报说明", "佐证材料"], row))
    take(client, page)
    element = district.elements["pupils"]
    element.refresh_from_db()
    assert (element.help_text, element.evidence_hint) == ("在籍学生", "学籍系统")


# Figures.

VALUE_HEADINGS = ["学校代码", "数据项", "学段", "数值", "不适用", "说明"]


def test_right_figures_become_drafts_and_wrong_ones_are_named(administrator, client, district):
    code = district.school.code
    rows = [
        [code, "pupils", "", "９００人", "", ""],
        [code, "持证教师数", "", "约60", "", ""],
        [code, "placed", "", "", "是", "无此类学生"],
        [code, "visits", "", "", "", ""],
        [code, "myopic", "小学", "3", "", ""],
        ["9999999999", "pupils", "", "1", "", ""],
        [code, "pupils", "", "901", "", ""],
    ]
    page = look(client, "values", csv_of(VALUE_HEADINGS, *rows, encoding="gbk"), quarter=1)
    assert counts(page) == (2, 0, 0, 5)
    assert [error[0] for error in errors(page)] == ["D3", "D5", "B6", "A7", "B8"]
    assert Submission.objects.count() == 0
    take(client, page)
    submission = Submission.objects.get()
    assert (submission.status, submission.started_by) == ("draft", administrator)
    saved = {value.element.code: (value.number, value.not_applicable) for value in submission.values.all()}
    assert saved == {"pupils": (900, False), "placed": (None, True)}
    assert DataValue.objects.filter(accepted_at__isnull=False).count() == 0
    again = look(client, "values", csv_of(VALUE_HEADINGS, *rows[:1]), quarter=1)
    assert counts(again) == (0, 0, 1, 0)


def test_a_submitted_return_takes_no_drafts(administrator, client, district):
    submit(district, 1, {"placed": "2", "pupils": "900", "certified": "60", "visits": "10"})
    page = look(
        client, "values", csv_of(VALUE_HEADINGS, [district.school.code, "pupils", "", "1", "", ""]), quarter=1
    )
    assert counts(page) == (0, 0, 0, 1)


def test_a_preview_does_not_show_what_a_school_has_drafted(administrator, client, district):
    row = [district.school.code, "pupils", "", "77123", "", ""]
    take(client, look(client, "values", csv_of(VALUE_HEADINGS, row), quarter=1))
    row[3] = "55"
    page = look(client, "values", csv_of(VALUE_HEADINGS, row), quarter=1)
    assert (counts(page), "77123" in page.content.decode()) == ((0, 1, 0, 0), False)


def test_the_tables_of_another_region_stay_there(administrator, district):
    from tests.factories import RegionFactory

    far = RegionFactory(code="430204", level="district", parent=RegionFactory(code="000000", name="中国"))
    SchoolFactory(region=far, name="远方学校")
    OfficeFactory(region=far, name="远方股室")
    UserFactory(region=far, role="leader", name="远方领导")
    for key in ("schools", "offices", "accounts"):
        rows = exchange_of(key, by=administrator, plan=district.plan).table().rows
        assert [cell.text for row in rows for cell in row if "远方" in cell.text] == []
