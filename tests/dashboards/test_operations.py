import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.collection.services import period_events_note
from apps.core import heartbeats
from apps.core.models import BusinessClock, Heartbeat, Job
from apps.core.tasks import show_life
from apps.dashboards import operations
from apps.dashboards.operations import difference_text, operations_of
from apps.rollups import services, tasks
from apps.rollups.models import RebuildRun
from lusong_edu.health import checks
from tests.factories import UserFactory
from tests.support.returns import accept_all, make_district, submit

TODAY = dt.date(2025, 4, 2)


@pytest.fixture
def district(db):
    BusinessClock.objects.create(fixed_date=TODAY)
    return make_district()


@pytest.fixture
def admin(district):
    return UserFactory(role="administrator", region=district.plan.region)


def states(plan):
    return {sign.work.name: sign.state for sign in operations_of(plan, today=TODAY).signs}


def test_signs_of_life(district):
    assert set(states(district.plan).values()) == {"never"}
    for queue in ("rollup", "default", "reports"):
        show_life(queue)
    for name in (heartbeats.BEAT, heartbeats.BACKUP, heartbeats.BACKUP_VERIFIED):
        heartbeats.beat(name)
    tasks.sweep_stale_results()
    found = operations_of(district.plan, today=TODAY)
    assert (states(district.plan)["queue:rollup"], states(district.plan)["sweep"], found.is_well) == (
        "well",
        "well",
        True,
    )
    Heartbeat.objects.filter(name="queue:rollup").update(at=timezone.now() - dt.timedelta(minutes=4))
    assert states(district.plan)["queue:rollup"] == "silent"
    assert operations_of(district.plan, today=TODAY).is_well is False


def ago(name, **age):
    Heartbeat.objects.filter(name=name).update(at=timezone.now() - dt.timedelta(**age))


def test_after_a_start_the_first_signs_are_waited_for(district):
    """A machine that was off over night: nobody is told to restart what has just been started."""
    for work in operations.WORKS[:-1]:
        heartbeats.beat(work.name)
        ago(work.name, hours=9)
    heartbeats.note_start()
    found = states(district.plan)
    assert found.pop("rebuild") == "never"
    assert set(found.values()) == {"starting"}
    assert {sign.remedy for sign in operations_of(district.plan, today=TODAY).signs} == {""}
    ago("started", seconds=150)
    found = states(district.plan)
    assert (found["queue:rollup"], found["sweep"], found["chase"]) == ("starting", "starting", "starting")
    assert found["beat"] == "silent"
    ago("started", minutes=4)
    assert states(district.plan)["queue:rollup"] == "silent"


def test_a_worker_that_dies_again_and_again_is_not_starting_for_ever(district):
    heartbeats.note_start()
    ago("started", minutes=4)
    heartbeats.note_start()
    assert states(district.plan)["queue:rollup"] == "never"
    show_life("rollup")
    heartbeats.note_start()
    assert heartbeats.ages()["started"] < dt.timedelta(minutes=1)


def test_a_sweep_with_work_is_remembered(district):
    accept_all(district, submit(district, 1))
    assert operations_of(district.plan, today=TODAY).health.n_stale > 0
    tasks.sweep_stale_results()
    tasks.sweep_stale_results()
    found = operations_of(district.plan, today=TODAY)
    assert found.health.n_stale == 0
    assert found.last_work.detail["written"] > 0
    assert heartbeats.latest()["sweep"].detail == {"written": 0, "judged": 0}


def test_the_page_in_words(client, district, admin):
    period_events_note(plan=district.plan)
    services.rebuild(plan=district.plan)
    run = RebuildRun.objects.get()
    run.differences = [
        {
            "indicator": district.indicators["teachers"].code,
            "quarter": 1,
            "region": "430203",
            "slice_kind": "stage",
            "slice_value": "primary",
            "stored": {"numerator": "61.0000"},
            "computed": {"numerator": "60.0000"},
        }
    ]
    run.save()
    client.force_login(admin)
    text = client.get("/operations/").content.decode()
    assert "分子原为 61，应为 60" in text
    assert "第一季度，小学" in text
    assert "应报单位 3 家" in text


def to_do(plan):
    return {part.label: part.remedy for part in operations_of(plan, today=TODAY).parts if part.remedy}


def test_the_machine_says_what_to_do(district, settings, monkeypatch):
    assert set(to_do(district.plan)) == {"最近一次备份", "最近一次恢复验证"}
    for name in (heartbeats.BACKUP, heartbeats.BACKUP_VERIFIED):
        heartbeats.beat(name)
    assert to_do(district.plan) == {}
    Heartbeat.objects.filter(name="backup").update(at=timezone.now() - dt.timedelta(hours=27))
    Job.objects.create(
        owner=district.reporter,
        kind="any",
        audience="bureau",
        language="zh-hans",
        on=TODAY,
        fingerprint="f",
        state="failed",
        error="示例",
        finished_at=timezone.now(),
    )
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(checks, "disk_usage", lambda: (100, 99, 1))
    assert set(to_do(district.plan)) == {
        "最近一次备份",
        "后台生成的文件",
        "消息服务（Redis）及其队列",
        "上传文件所在磁盘",
    }


def test_silent_beat_says_what_to_do(district):
    heartbeats.beat(heartbeats.BEAT)
    Heartbeat.objects.update(at=timezone.now() - dt.timedelta(minutes=2))
    signs = {sign.work.name: sign.remedy for sign in operations_of(district.plan, today=TODAY).signs}
    assert signs["beat"] == "请重新启动：systemctl restart lusong-beat。其他定时工作都要等它。"


@pytest.mark.parametrize(
    ("stored", "computed", "words"),
    [
        (None, {"n_due": 3}, "X-1 示例（第二季度，全区）：原先缺少该结果，已补上"),
        ({"n_due": 3}, None, "X-1 示例（第二季度，全区）：该结果没有依据，已删除"),
        (
            {"n_due": 3, "maximum": None},
            {"n_due": 10, "maximum": "0.5000"},
            "X-1 示例（第二季度，全区）：应报单元数原为 3，应为 10，最大值原为 –，应为 0.5",
        ),
    ],
)
def test_a_difference_in_words(stored, computed, words):
    row = {
        "indicator": "X-1",
        "quarter": 2,
        "slice_kind": "all",
        "slice_value": "",
        "stored": stored,
        "computed": computed,
    }
    assert difference_text(row, {"X-1": "示例"}) == words


def test_buttons_hand_the_work_to_celery(client, district, admin, monkeypatch):
    sent = []

    def publish(task, *arguments):
        sent.append((task.name, arguments))
        return True

    monkeypatch.setattr("apps.rollups.requests.publish", publish)
    client.force_login(admin)
    assert client.post("/operations/", {"action": "refresh"})["Location"] == "/operations/"
    assert client.post("/operations/", {"action": "rebuild"})["Location"] == "/operations/"
    assert client.post("/operations/", {"action": "dance"}).status_code == 404
    assert sent == [
        ("apps.rollups.tasks.refresh_stale", ()),
        ("apps.rollups.tasks.rebuild_plan", (district.plan.pk, admin.pk)),
    ]


def test_a_dead_broker_is_told(client, district, admin, monkeypatch):
    monkeypatch.setattr("apps.rollups.requests.publish", lambda task, *args: False)
    client.force_login(admin)
    answer = client.post("/operations/", {"action": "refresh"}, follow=True)
    assert "消息服务暂时连接不上" in answer.content.decode()


def test_a_rebuild_says_who_asked(district, admin):
    tasks.rebuild_plan(district.plan.pk, admin.pk)
    assert RebuildRun.objects.get().requested_by == admin


@pytest.mark.parametrize("request_work", [services.refresh_request, services.rebuild_request])
@pytest.mark.parametrize("role", ["leader", "deputy", "auditor"])
def test_only_the_administrator_asks(district, request_work, role):
    with pytest.raises(PermissionDenied):
        request_work(plan=district.plan, by=UserFactory(role=role, region=district.plan.region))


def test_queries_do_not_grow(client, district, admin):
    client.force_login(admin)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/operations/").status_code == 200
        return len(captured)

    services.rebuild(plan=district.plan)
    first = queries()
    for _more in range(2):
        services.rebuild(plan=district.plan)
    assert queries() == first
