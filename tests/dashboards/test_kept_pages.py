"""Kept pages: shared by those who see the same, never by others, never out of date, cheap while they last."""

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core import clock
from apps.core.models import BusinessClock
from apps.dashboards import tasks
from apps.dashboards.kept import making, recent, stamps, store
from apps.plans.models import Measure
from apps.rollups.models import StaleResult
from apps.rollups.outbox import mark_stale, refresh_pending
from tests.factories import UserFactory
from tests.rollups.district import District

pytestmark = pytest.mark.django_db
OVERVIEW = "/plans/2025/"


@pytest.fixture
def district(settings):
    built = District()
    BusinessClock.objects.update_or_create(pk=1, defaults={"fixed_date": dt.date(2025, 12, 15)})
    built.secret = built.indicator(
        "disabled", aggregation="sum", kind="count", privacy="restricted", name="限定的指标", unit="人"
    )
    built.open = built.indicator(
        "drills", aggregation="sum", kind="count", accumulation="flow", name="演练次数", unit="次"
    )
    built.one = built.school()
    for quarter in (1, 2, 3):
        built.report(built.one, quarter, disabled=24, drills=2)
    built.refresh()
    store.forget()
    return built


@pytest.fixture
def reader(client, district):
    def read(address, role="leader", *, user=None, status=200, **headers):
        client.force_login(user or UserFactory(role=role, region=district.region))
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(address, headers=headers)
        assert answer.status_code == status, answer
        answer.queries, answer.text = len(captured), answer.content.decode()
        return answer

    return read


def page_of(indicator):
    return f"{OVERVIEW}indicators/{indicator.code}/"


def test_a_leader_s_page_is_not_an_auditor_s(reader, district):
    assert "限定的指标" in reader(f"{OVERVIEW}areas/{district.area.number}/").text
    assert "限定的指标" not in reader(f"{OVERVIEW}areas/{district.area.number}/", "auditor").text
    reader(page_of(district.secret))
    reader(page_of(district.secret), "auditor", status=404)


def test_an_office_s_page_is_not_another_office_s(reader, district):
    own = UserFactory(role="office", region=district.region, organisation=district.office)
    other = UserFactory(
        role="office", region=district.region, organisation=district.office_of(district.region)
    )
    assert "24" in reader(page_of(district.secret), user=own).text
    reader(page_of(district.secret), user=other, status=404)
    area = f"{OVERVIEW}areas/{district.area.number}/"
    assert ["限定的指标" in reader(area, user=user).text for user in (own, other, own)] == [True, False, True]


def test_a_deputy_s_page_follows_the_offices_led(reader, district):
    deputy = UserFactory(role="deputy", region=district.region)
    reader(page_of(district.secret), user=deputy, status=404)
    deputy.offices_led.add(district.office)
    reader(page_of(district.secret), user=deputy)
    deputy.offices_led.clear()
    reader(page_of(district.secret), user=deputy, status=404)


def test_the_name_and_the_form_tokens_are_the_reader_s_own(reader, district, client):
    first, second = (
        UserFactory(role="leader", region=district.region, name=name) for name in ("甲某", "乙某")
    )
    one, two = reader(OVERVIEW, user=first), reader(OVERVIEW, user=second)
    assert ("甲某" in one.text, "乙某" in one.text) == (True, False)
    assert ("甲某" in two.text, "乙某" in two.text) == (False, True)
    assert two.queries < one.queries
    assert "slot" not in two.text
    assert two.text.count("csrfmiddlewaretoken") == 2
    secure = type(client)(enforce_csrf_checks=True)
    secure.force_login(second)
    token = (
        secure.get(OVERVIEW).content.decode().partition('csrfmiddlewaretoken" value="')[2].partition('"')[0]
    )
    answer = secure.post("/i18n/setlang/", {"language": "en", "csrfmiddlewaretoken": token})
    assert answer.status_code == 302


def test_an_acceptance_is_seen_at_once(reader, district):
    leader = UserFactory(role="leader", region=district.region)
    address = page_of(district.open) + "?quarter=4"
    before = reader(address, user=leader)
    district.report(district.one, 4, drills=5)
    news = {"period": district.periods[4], "region_id": district.region.pk, "facts_only": True}
    mark_stale(indicator_ids=[district.open.pk], **news)
    refresh_pending()
    after = reader(address, user=leader, **{"if-none-match": before["ETag"]})
    assert (">11.0 次<" in before.text, ">11.0 次<" in after.text) == (False, True)
    assert not StaleResult.objects.exists()


def test_what_is_no_result_is_seen_at_once(reader, district):
    leader = UserFactory(role="leader", region=district.region)
    area = f"{OVERVIEW}areas/{district.area.number}/"
    before = reader(area, user=leader)
    assert reader(area, user=leader).queries < before.queries
    type(district.open).objects.filter(pk=district.open.pk).update(name="改名后的指标")
    assert "改名后的指标" in reader(area, user=leader).text
    assert Measure.objects.count() == 0


def test_midnight_is_seen(reader, district):
    leader = UserFactory(role="leader", region=district.region)
    before = reader(OVERVIEW, user=leader)
    BusinessClock.objects.update(fixed_date=dt.date(2025, 12, 16))
    after = reader(OVERVIEW, user=leader)
    assert ("2025-12-15" in before.text, "2025-12-16" in after.text) == (True, True)
    assert before["ETag"] != after["ETag"]


def test_a_page_that_is_unchanged_is_not_sent_again(reader, district):
    leader = UserFactory(role="leader", region=district.region)
    first = reader(OVERVIEW, user=leader)
    again = reader(
        OVERVIEW, user=leader, status=304, **{"if-none-match": reader(OVERVIEW, user=leader)["ETag"]}
    )
    assert "private" in first["Cache-Control"]
    assert again.content == b""
    reader(OVERVIEW, "auditor", **{"if-none-match": first["ETag"]})


def test_languages_are_kept_apart(reader, district, client, settings):
    leader = UserFactory(role="leader", region=district.region)
    chinese = reader(OVERVIEW, user=leader).text
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert 'lang="en"' in reader(OVERVIEW, user=leader).text
    assert 'lang="zh-CN"' in chinese


def test_a_worker_makes_the_pages_that_people_read(reader, district):
    leader = UserFactory(role="leader", region=district.region)
    cold = reader(OVERVIEW, user=leader).queries
    type(district.open).objects.filter(pk=district.open.pk).update(name="另一个名称")
    with clock.held_at(dt.date(2025, 12, 15)):
        assert making.make_recent()
    warm = reader(OVERVIEW, user=leader)
    assert warm.queries < cold


@pytest.mark.parametrize("schools", [1, 4])
def test_a_warm_page_asks_three_things(reader, district, schools):
    for _ in range(schools):
        district.report(district.school(), 4, drills=1)
    leader = UserFactory(role="leader", region=district.region)
    for address in (OVERVIEW, page_of(district.open), f"/schools/{district.one.pk}/"):
        reader(address, user=leader)
        # session, reader, clock, stamp
        assert reader(address, user=leader).queries == 4, address


@pytest.mark.django_db(transaction=True)
def test_the_stamp_is_asked_for_again_only_when_somebody_has_written():
    def stamp():
        with CaptureQueriesContext(connection) as captured:
            found = stamps.stamp_at(clock.read()[1], region_id=1)
        return found, len(captured)

    first, _queries = stamp()
    assert stamp() == (first, 1)
    leader = UserFactory(role="leader")
    second, queries = stamp()
    assert (second != first, queries) == (True, 2)
    with transaction.atomic():
        type(leader).objects.filter(pk=leader.pk).update(name="另一个姓名")
        assert clock.read()[1] == ""
        third, queries = stamp()
        assert (third != second, queries) == (True, 2)
        transaction.set_rollback(True)
    assert stamp()[0] == second


def test_what_a_worker_makes_nobody_has_read(reader, district):
    leader = UserFactory(role="leader", region=district.region)
    for address in (page_of(district.open), OVERVIEW):
        reader(address, user=leader)
    before = list(recent.entries())
    assert [address for address, _reader, _language in before] == [OVERVIEW, page_of(district.open)]
    type(district.open).objects.filter(pk=district.open.pk).update(name="另一个名称")
    recent.forget()
    with clock.held_at(dt.date(2025, 12, 15)):
        assert making.make_recent()
    assert list(recent.entries()) == before


def test_what_was_read_last_is_made_first(reader, district, monkeypatch):
    leader = UserFactory(role="leader", region=district.region)
    for address in (page_of(district.open), OVERVIEW):
        reader(address, user=leader)
    made = []
    monkeypatch.setattr(making, "_make", lambda request, language: made.append(request.path))
    monkeypatch.setattr(making, "monotonic", iter([0.0, 1.0, 3.0, 0.0, 1.0, 1.0]).__next__)
    assert (making.make_recent(seconds=2), made) == (False, [OVERVIEW])
    assert (making.make_recent(seconds=2), made[1:]) == (True, [OVERVIEW, page_of(district.open)])


def play(monkeypatch, *, is_all, times):
    """What a task asks of the cache and of the broker."""
    held, sent = FakeCache(), []
    monkeypatch.setattr(tasks, "cache", held)
    monkeypatch.setattr(tasks, "make_recent", lambda *, seconds, alive: alive() or is_all)
    monkeypatch.setattr(tasks.make_pages, "apply_async", lambda **options: sent.append(options["countdown"]))
    monkeypatch.setattr(tasks.time, "monotonic", iter(times).__next__)
    return held, sent


def test_making_pages_takes_half_of_a_worker_at_most(monkeypatch):
    held, sent = play(monkeypatch, is_all=True, times=[0.0, 20.0])
    tasks.make_pages()
    assert (held.keys, sent) == ({tasks.BUSY: 20}, [])
    for _ in range(2):
        tasks.make_pages()
    assert (held.keys, sent) == ({tasks.BUSY: 20, tasks.WAITING: tasks.PAUSE}, [tasks.PAUSE + 0.2])


def test_what_could_not_be_made_in_one_go_is_made_after_a_pause(monkeypatch):
    held, sent = play(monkeypatch, is_all=False, times=[0.0, 6.0])
    tasks.make_pages()
    assert (held.keys, sent) == ({tasks.BUSY: 6, tasks.WAITING: 6}, [6.2])


def test_a_worker_killed_in_the_middle_holds_nobody_up_for_long(monkeypatch):
    held, _sent = play(monkeypatch, is_all=True, times=[0.0, 90.0])
    meanwhile = []

    def make_recent(*, seconds, alive):
        meanwhile.append(dict(held.keys))
        held.keys.clear()
        alive()
        meanwhile.append(dict(held.keys))
        return True

    monkeypatch.setattr(tasks, "make_recent", make_recent)
    tasks.make_pages()
    assert meanwhile == [{tasks.BUSY: tasks.LEASE}] * 2


class FakeCache:
    """Tells how long each key is held."""

    def __init__(self):
        self.keys = {}

    def add(self, key, value, seconds):
        is_new = key not in self.keys
        self.keys.setdefault(key, seconds)
        return is_new

    def set(self, key, value, seconds):
        self.keys[key] = seconds
