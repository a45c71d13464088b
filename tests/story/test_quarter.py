"""One quarter of one school, as people do it: in a real browser, with a real Celery worker."""

import re
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from apps.accounts.models import User
from apps.collection.models import Submission
from apps.demo import values
from apps.demo.reporting import owed, reporter_of
from apps.plans.models import AnnualPlan
from apps.rollups.models import Result
from tests.support import districts

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.django_db(transaction=True)]

PASSWORD = "Lusong-2025"
TYPED = {
    "抽查的课节数": "３６",
    "符合“芦淞137范式”的课节数": "24",
    "参加视力筛查且结果有效的学生数": "990人",
    "筛查判定为近视的学生数": "370",
    "参加体质健康测试并有等级的学生数": "980",
    "体质健康测试优秀和良好的学生数": "560",
    "每天综合体育活动时间": "2",
    "课间时长": "15",
    "在校（园）生数": "997",
    "教学仪器设备资产原值": "2,600,000",
    "今年已家访的学生数": "700",
    "应急演练次数": "13",
}
YES = ("是否实行封闭化管理", "专职保安员配备是否达标")


@pytest.fixture(scope="module", autouse=True)
def _seeded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), districts.spoilable_district("complete"):
        yield


@pytest.fixture
def district(celery_worker_process):
    return AnnualPlan.objects.get(year=2025)


@pytest.fixture
def person(browser, live_server):
    """A browser window of its own for a user who signs in by the form."""
    contexts = []

    def sign_in(username):
        context = browser.new_context(base_url=live_server.url, locale="zh-CN", accept_downloads=True)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/login/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.wait_for_url("**/")
        return page

    yield sign_in
    for context in contexts:
        context.close()


def drills():
    result = Result.objects.get(indicator__code="A18-DRILL", period__quarter=4, slice_kind="all")
    return result.numerator


def headline(page):
    text = page.locator("#live .headline__number, #live .headline .num, #live .headline").first.inner_text()
    return Decimal(re.search(r"[\d,]+", text).group().replace(",", ""))


def fill(page, school):
    for label, text in TYPED.items():
        page.get_by_label(label, exact=True).fill(text)
    for label in YES:
        page.get_by_label(label, exact=True).select_option(label="是")
    fill_the_rest(page, school)


def fill_the_rest(page, school):
    """What else the form asks, as the demonstration's own rules have it."""
    period = AnnualPlan.objects.get().periods.get(quarter=4)
    for element, stage in owed(period)[school.pk]:
        if element.name in TYPED or element.name in YES:
            continue
        number = values.fact(element.code, reporter_of(school, stage, period), 4)
        field = page.get_by_label(element.name, exact=True)
        if element.value_type == "boolean":
            field.select_option(label="是" if number else "否")
        else:
            field.fill(str(number))


def explain(page, label, reason):
    """Give the reason that the form asks for when a figure is far from those of schools of the type."""
    fact = page.locator("[data-fact]").filter(has=page.get_by_label(label, exact=True))
    fact.locator(".fact__flag").wait_for(timeout=60_000)
    fact.locator("[name^='r-']").fill(reason)


def hand_in(page):
    """What is typed is saved first, then the return goes; its own page says so."""
    page.get_by_role("button", name="提交").click()
    page.wait_for_url(re.compile("/collection/returns/"), timeout=60_000)


def open_review(page, school):
    page.goto("/reviews/?quarter=4")
    page.get_by_role("link", name=school).click()


def test_a_quarter_from_the_form_to_the_workbook(district, person):
    school = User.objects.get(username="reporter").organisation
    before = drills()

    leader = person("leader")
    leader.goto("/plans/2025/indicators/A18-DRILL/?quarter=4")
    assert headline(leader) == before

    reporter = person("reporter")
    reporter.goto("/collection/4/")
    fill(reporter, school)
    explain(reporter, "应急演练次数", "含各班自行组织的演练")
    hand_in(reporter)
    submission = Submission.objects.get(organisation=school, period__quarter=4)
    assert submission.status == "submitted", reporter.locator("main").inner_text()

    office = person("office-anquan")
    open_review(office, school.name)
    row = office.get_by_role("row").filter(has_text="应急演练次数")
    row.get_by_label("退回", exact=False).first.check()
    row.get_by_role("combobox").select_option(value="wrong_value")
    row.get_by_role("textbox").fill("请核对，是否多填了一位")
    office.get_by_role("button", name="退回所选").click()
    submission.refresh_from_db()
    assert submission.status == "returned", office.locator("main").inner_text()
    assert drills() == before

    reporter.goto("/collection/4/")
    assert "请核对，是否多填了一位" in reporter.locator("main").inner_text()
    reporter.get_by_label("应急演练次数", exact=True).fill("3")
    hand_in(reporter)

    open_review(office, school.name)
    office.get_by_role("button", name="通过").click()
    office.wait_for_load_state()

    leader.wait_for_function(
        "wanted => document.querySelector('#live').innerText.replaceAll(',', '').includes(wanted)",
        arg=f"{before + 3:.0f}",
        timeout=15_000,
    )
    assert drills() == before + 3
    assert headline(leader) == before + 3

    with leader.expect_download() as download:
        leader.get_by_role("link", name="下载工作簿").click()
    workbook = CalamineWorkbook.from_path(download.value.path())
    cells = [
        cell
        for name in workbook.sheet_names
        for row in workbook.get_sheet_by_name(name).to_python()
        for cell in row
    ]
    assert float(before + 3) in cells
