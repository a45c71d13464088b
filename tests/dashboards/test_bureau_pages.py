import datetime as dt

import pytest

from apps.accounts import services as accounts
from apps.collection.models import Assignment
from apps.core.models import BusinessClock
from apps.dashboards.changes import Filters, changes_page
from apps.dashboards.plan_settings import tier_costs
from apps.dashboards.targets import target_rows
from apps.dashboards.trails import LABELS, NEVER_SHOWN, TRAILS
from apps.plans.models import Target, TargetRevision
from tests.factories import AreaFactory, ElementFactory, IndicatorFactory, RegionFactory, UserFactory
from tests.support.returns import accept_all, make_district, submit

THRESHOLDS = {"save": "1", "on_track_ratio": "90", "at_risk_ratio": "70", "step_tolerance_days": "30"}


@pytest.fixture
def district(db):
    BusinessClock.objects.create(fixed_date=dt.date(2025, 4, 2))
    return make_district()


@pytest.fixture
def admin(district):
    return UserFactory(username="admin", name="示例管理员", role="administrator", region=district.plan.region)


@pytest.fixture
def auditor(district):
    return UserFactory(role="auditor", region=district.plan.region)


def target_of(indicator, **revision):
    target = Target.objects.create(indicator=indicator, source="plan_implied", source_text="各不少于")
    if revision:
        fields = {"number": 1, "source": "plan_implied", "operator": indicator.direction, "reason": "示例"}
        TargetRevision.objects.create(target=target, effective_from=dt.date(2025, 1, 1), **fields | revision)
    return target


def test_targets_that_wait_come_first(district, admin):
    target_of(district.indicators["myopia"], value=5, confirmed_on=dt.date(2025, 1, 1), confirmed_by=admin)
    target_of(district.indicators["visits"])
    target_of(district.indicators["teachers"], value=90)
    rows = target_rows(admin, district.plan)
    assert [(row.indicator, row.status) for row in rows] == [
        (district.indicators["teachers"], "unconfirmed"),
        (district.indicators["visits"], "no_target"),
        (district.indicators["myopia"], ""),
    ]


def test_a_leader_confirms_a_proposal(client, district):
    leader = UserFactory(role="leader", region=district.plan.region)
    target = target_of(district.indicators["teachers"], value=90)
    client.force_login(leader)
    answer = client.post(f"/targets/{target.pk}/", {"confirm": "1", "reason": "局务会第3次会议"})
    assert answer["Location"] == "/targets/"
    revision = target.revisions.get()
    assert (revision.confirmed_on, revision.confirmed_by, revision.reason) == (
        dt.date(2025, 4, 2),
        leader,
        "局务会第3次会议",
    )


def test_an_empty_target_is_set_with_a_reason(client, district, admin):
    target = target_of(district.indicators["teachers"])
    client.force_login(admin)
    data = {"set": "1", "value": "95", "level": "district", "effective_from": "2025-04-02"}
    answer = client.post(f"/targets/{target.pk}/", data)
    assert list(answer.context["change"].errors) == ["reason"]
    assert target.revisions.count() == 0
    answer = client.post(f"/targets/{target.pk}/", {**data, "reason": "局务会"})
    assert answer["Location"] == "/targets/"
    assert [(row.value, row.confirmed_by) for row in target.revisions.all()] == [(95, admin)]


def test_a_target_without_a_value_is_refused_in_words(client, district, admin):
    target = target_of(district.indicators["teachers"])
    client.force_login(admin)
    data = {"set": "1", "value": "", "level": "district", "effective_from": "2025-04-02", "reason": "局务会"}
    assert client.post(f"/targets/{target.pk}/", data).context["change"].non_field_errors()
    assert target.revisions.count() == 0


def test_a_restricted_indicator_has_no_target_page_for_the_administrator(client, district, admin):
    indicator = district.indicators["teachers"]
    target = target_of(indicator, value=90)
    indicator.privacy = "restricted"
    indicator.save()
    client.force_login(admin)
    assert client.get(f"/targets/{target.pk}/").status_code == 404
    assert [row.indicator for row in client.get("/targets/").context["rows"]] == []


def test_switching_a_tier_on_asks_its_facts(client, district, admin):
    extra = ElementFactory()
    area = AreaFactory(plan=district.plan)
    IndicatorFactory(area=area, tier="standard", elements=[extra, district.elements["pupils"]])
    costs = {
        cost.tier: (cost.enabled, cost.n_indicators, cost.n_school_facts)
        for cost in tier_costs(district.plan, district.plan.policy)
    }
    assert costs == {"core": (True, 5, 6), "standard": (False, 1, 1), "optional": (False, 0, 0)}
    client.force_login(admin)
    client.post("/settings/", {**THRESHOLDS, "tiers": ["standard"], "principal_sign_off": "on"})
    district.plan.policy.refresh_from_db()
    assert district.plan.policy.enabled_tiers == ["core", "standard"]
    assert district.plan.policy.principal_sign_off is True
    assert Assignment.objects.filter(element=extra, withdrawn_on__isnull=True).exists()
    client.post("/settings/", THRESHOLDS)
    assert not Assignment.objects.filter(element=extra, withdrawn_on__isnull=True).exists()


def test_the_lights_thresholds_are_set_in_per_cent(client, district, admin):
    client.force_login(admin)
    client.post("/settings/", THRESHOLDS)
    policy = district.plan.policy
    policy.refresh_from_db()
    assert (str(policy.on_track_ratio), str(policy.at_risk_ratio)) == ("0.900", "0.700")
    refused = client.post("/settings/", {**THRESHOLDS, "at_risk_ratio": "95"})
    assert "不能高于“按进度”的比例" in refused.content.decode()
    assert 'value="95"' in refused.content.decode()


def counted_target(district):
    indicator = district.indicators["visits"]
    indicator.kind, indicator.aggregation, indicator.accumulation = "count", "sum", "flow"
    indicator.denominator = ""
    indicator.save()
    return target_of(indicator, value=12, confirmed_on=dt.date(2025, 1, 1), source="plan")


def test_the_bureau_sets_its_checkpoints(client, district, admin):
    target = counted_target(district)
    client.force_login(admin)
    page = client.get(f"/targets/{target.pk}/").content.decode()
    assert "全年均衡推进" in page
    given = {"schedule": "1", "schedule-kind": "checkpoints", "schedule-effective_from": "2025-04-01"}
    refused = client.post(
        f"/targets/{target.pk}/", {**given, "schedule-reason": "局务会", "schedule-quarter_1": "7"}
    )
    assert "请填写四个季度末各应完成多少" in refused.content.decode()
    assert 'value="7"' in refused.content.decode()
    numbers = {f"schedule-quarter_{quarter}": str(quarter * quarter - 1) for quarter in (1, 2, 3, 4)}
    answer = client.post(f"/targets/{target.pk}/", {**given, **numbers, "schedule-reason": "局务会"})
    assert answer["Location"] == f"/targets/{target.pk}/"
    schedule = target.schedules.get()
    assert (schedule.checkpoints, schedule.set_by, schedule.reason) == ([0, 3, 8, 15], admin, "局务会")
    assert "按局定的季度节点" in client.get(f"/targets/{target.pk}/").content.decode()


def test_a_rate_has_no_schedule_to_set(client, district, admin):
    target = target_of(
        district.indicators["myopia"], value=5, confirmed_on=dt.date(2025, 1, 1), source="plan"
    )
    client.force_login(admin)
    assert 'id="schedule"' not in client.get(f"/targets/{target.pk}/").content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "差距的整数单位"), ("en", "Gap in whole things")]
)
def test_the_methods_page_is_part_of_the_product(client, district, language, words):
    client.force_login(district.reporter)
    client.cookies["django_language"] = language
    page = client.get("/methods/").content.decode()
    assert f'<h2 id="gap">{words}</h2>' in page


def test_the_auditor_sees_who_changed_what(client, district, admin, auditor):
    client.force_login(admin)
    client.post(f"/users/{district.reporter.pk}/active/", {"active": "0"})
    client.force_login(auditor)
    change = client.get("/audit/?kind=account").context["changes"][0]
    assert (change.by, change.action, change.subject) == (
        "示例管理员",
        "update",
        f"{district.reporter.name} · {district.reporter.username}",
    )
    assert [(field.label, field.old, field.new) for field in change.fields] == [("有效", "是", "否")]


def test_changes_are_narrowed_by_person_and_paged(district, admin, auditor):
    rows, more = changes_page(auditor, number=1, filters=Filters(kind="account"))
    assert (len(rows), more) == (8, False)
    assert changes_page(auditor, number=1, filters=Filters(person="示例管理员"))[0] == []
    submit(district, 1)
    everything, _more = changes_page(auditor, number=1, filters=Filters())
    assert [row.at for row in everything] == sorted((row.at for row in everything), reverse=True)


def test_changes_of_another_district_do_not_show(district, auditor):
    stranger = UserFactory(
        name="外区人员",
        role="leader",
        region=RegionFactory(
            code="430204", level="district", parent=RegionFactory(code="000000", name="中国")
        ),
    )
    rows, _more = changes_page(auditor, number=1, filters=Filters(kind="account"))
    assert all(stranger.name not in row.subject for row in rows)


def test_small_cells_do_not_show_their_figures(district, auditor):
    district.elements["placed"].privacy = "small_cell"
    district.elements["placed"].save()
    accept_all(district, submit(district, 1))
    rows, _more = changes_page(auditor, number=1, filters=Filters(kind="fact"))
    hidden = [field for row in rows if "安置" in row.subject for field in row.fields if "数" in field.label]
    assert hidden
    assert {(field.old, field.new) for field in hidden} == {("已隐藏", "已隐藏")}
    shown = [field.new for row in rows if "在校" in row.subject for field in row.fields]
    assert "900" in shown


@pytest.mark.parametrize("trail", TRAILS, ids=lambda trail: trail.key)
def test_every_recorded_field_has_a_chinese_name(trail):
    names = {
        field.name: str(LABELS.get(field.name, field.verbose_name))
        for field in trail.history._meta.concrete_fields
        if not field.name.startswith("pgh_") and field.name not in NEVER_SHOWN | {"id"}
    }
    assert {name: label for name, label in names.items() if not any("一" <= c <= "鿿" for c in label)} == {}


def test_a_deactivation_and_a_code_leave_no_secret_in_the_changes(district, admin, auditor):
    accounts.reset_code_issue(user=district.reporter, by=admin)
    rows, _more = changes_page(auditor, number=1, filters=Filters(kind="account"))
    assert all(
        "password" not in field.label and field.label != "密码" for row in rows for field in row.fields
    )
