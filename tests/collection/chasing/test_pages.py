import pytest
from django.test import Client

from apps.collection.chasing.reminding import reminders_run
from apps.collection.models import ChasePolicy, Dispatch, Extension, Notice, Robot, SupervisionOrder
from tests.collection.chasing.conftest import MORNING
from tests.factories import SchoolFactory

DESK, SETTINGS = "/chasing/?quarter=2", "/chasing/settings/"


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_the_desk_shows_who_is_missing_and_reminds_those_chosen(district, today, administrator):
    client = browser(administrator)
    page = client.get(DESK)
    assert [row.organisation for row in page.context["desk"].rows] == [
        district.school,
        district.nine_year,
        district.finance,
    ]
    client.post("/chasing/", {"quarter": 2, "action": "remind", "organisation": [district.school.pk]})
    assert {row.user for row in Notice.objects.all()} == {district.reporter, district.principal}
    assert client.post("/chasing/", {"quarter": 2, "action": "ask"}).status_code == 302
    assert client.post("/chasing/", {"quarter": 2, "action": "dance"}).status_code == 404
    narrowed = client.get(f"{DESK}&kind=office&q=").context["desk"]
    assert [row.organisation for row in narrowed.rows] == [district.finance]


@pytest.mark.parametrize("more", [0, 2])
def test_the_desk_takes_the_same_queries_for_more_schools(
    district, today, administrator, django_assert_num_queries, more
):
    from apps.collection.services import assignments_generate

    SchoolFactory.create_batch(more, region=district.plan.region)
    assignments_generate(plan=district.plan)
    reminders_run(now=MORNING)
    client = browser(administrator)
    with django_assert_num_queries(20):
        page = client.get(DESK)
    assert len(page.context["desk"].rows) == 3 + more
    with django_assert_num_queries(11):
        client.get("/chasing/log/?quarter=2")


def test_extending_from_the_desk_keeps_who_was_not_chosen(district, today, administrator):
    data = {"quarter": 2, "organisation": [district.school.pk], "due_on": "2025-07-18", "reason": "搬迁"}
    browser(administrator).post("/chasing/", {**data, "action": "extend"})
    assert [row.organisation for row in Extension.objects.all()] == [district.school]
    page = browser(administrator).post("/chasing/", {**data, "due_on": "", "action": "extend"}, follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    browser(administrator).post("/chasing/", {**data, "action": "extend_all"})
    district.periods[2].refresh_from_db()
    assert district.periods[2].due_on.isoformat() == "2025-07-18"
    assert browser(district.health_user).post("/chasing/", {**data, "action": "extend"}).status_code == 403


def test_an_unsettled_message_is_shown_and_settled_there(district, today, administrator):
    robot = Robot.objects.create(
        region=district.plan.region, name="示例群", kind="wecom", url="https://x/", created_by=administrator
    )
    dispatch = Dispatch.objects.create(
        channel="robot", robot=robot, period=district.periods[2], step="s", subject="标题", body="正文",
        state="uncertain",
    )  # fmt: skip
    client = browser(administrator)
    assert client.get(DESK).context["desk"].unsettled == [dispatch]
    client.post("/chasing/", {"quarter": 2, "action": "drop", "dispatch": dispatch.pk})
    dispatch.refresh_from_db()
    assert dispatch.state == "dropped"
    other = {"quarter": 1, "action": "retry", "dispatch": dispatch.pk}
    assert client.post("/chasing/", other).status_code == 404


def test_the_bell_counts_and_a_notice_leads_to_the_form(district, today):
    reminders_run(now=MORNING)
    client = browser(district.reporter)
    page = client.get("/notices/").content.decode()
    assert 'class="bell__count">1' in page
    (notice,) = Notice.objects.filter(user=district.reporter)
    assert client.get(f"/notices/{notice.pk}/").url == "/collection/2025/2/"
    assert 'class="bell__count"' not in client.get("/notices/").content.decode()
    other = Notice.objects.get(user=district.principal)
    assert client.get(f"/notices/{other.pk}/").status_code == 404


def test_an_order_from_draft_to_closing(district, today, deputy):
    today(7, 20)
    client = browser(deputy)
    draft = f"/chasing/orders/new/{district.school.pk}/?quarter=2"
    page = client.get(draft)
    assert "2025-07-10" in page.content.decode()
    refused = client.post(draft, {"quarter": 2, "demand": "请补报", "answer_due_on": ""})
    assert refused.status_code == 409
    assert "请补报" in refused.content.decode()
    issued = client.post(draft, {"quarter": 2, "demand": "请补报", "answer_due_on": "2025-07-23"})
    order = SupervisionOrder.objects.get()
    assert issued.url == f"/chasing/orders/{order.pk}/"
    assert browser(district.reporter).get(issued.url).status_code == 200
    assert browser(district.reporter).post(issued.url, {"note": "已报"}).status_code == 403
    client.post(issued.url, {"note": "已报送"})
    order.refresh_from_db()
    assert order.closing_note == "已报送"


def test_settings_are_kept_and_mistakes_named(district, today, administrator):
    client = browser(administrator)
    policy = {
        "action": "policy", "is_on": "on", "days_before": "7，2", "days_after": "1 5", "quiet_from": "19:00",
        "quiet_until": "08:30", "order_after_days": "5", "order_after_reminders": "1",
    }  # fmt: skip
    assert client.post(SETTINGS, policy).status_code == 302
    stored = ChasePolicy.objects.get()
    assert (stored.days_before, stored.days_after) == ([2, 7], [1, 5])
    for wrong in (
        {**policy, "days_before": "x"},
        {**policy, "days_after": "99"},
        {"action": "calendar", "days": "2025-10-01 休\n国庆"},
        {"action": "robot", "name": "群", "kind": "wecom", "url": "https://10.0.0.1/"},
    ):
        page = client.post(SETTINGS, wrong)
        assert (page.status_code, "field-error" in page.content.decode()) == (400, True)
    assert (
        client.post(SETTINGS, {"action": "calendar", "days": "2025-10-01~2025-10-08 休 国庆节"}).url
        == SETTINGS
    )
    robot = {"action": "robot", "name": "群", "kind": "wecom", "url": "https://qyapi.weixin.qq.com/s?key=k"}
    client.post(SETTINGS, robot)
    page = client.get(SETTINGS).content.decode()
    assert "2025-10-01~2025-10-08 休 国庆节" in page
    assert "key=k" not in page
    client.post(SETTINGS, {"action": "robot_switch", "robot": Robot.objects.get().pk, "active": "0"})
    assert not Robot.objects.get().is_active
