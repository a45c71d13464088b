"""The form in a real browser: by keyboard, without a network, beside somebody else, past the session."""

import re

import pytest
from playwright.sync_api import expect

from apps.collection.autosave.services import Edit, facts_autosave
from apps.collection.models import FillTime, Submission
from apps.collection.services import Entry
from apps.core import clock
from apps.core.models import BusinessClock
from apps.plans.models import DataElement
from tests.support.returns import IN_QUARTER_2, accept_all, make_district, submit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FORM = "/collection/2025/2/"
PATIENCE = 60_000
TYPED = {
    "近视学生数": "12",
    "筛查学生数": "４０人",
    "安置学生数": "2",
    "在校学生数": "=",
    "持证教师数": "60",
    "家访次数": "25",
}
expect.set_options(timeout=PATIENCE)


@pytest.fixture
def district():
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)
    with clock.held_at(IN_QUARTER_2):
        made = make_district()
        accept_all(made, submit(made, 1))
        yield made


@pytest.fixture
def form(login_page, district):
    """The reporter's page with the second quarter's form."""
    page = login_page(district.reporter)
    page.set_default_timeout(PATIENCE)
    page.goto(FORM)
    return page


def field(page, label):
    return page.get_by_label(label, exact=True)


def state(page, label):
    return page.locator("[data-fact]").filter(has=field(page, label)).locator("[data-save-state]")


def stored():
    values = Submission.objects.get(period__quarter=2).values.exclude(number=None)
    return {value.element.name: int(value.number) for value in values.select_related("element")}


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('lusong.form.')).length")


def save_as(user, district, code, text, version=0):
    entry = Entry(district.elements[code].pk, "whole", text)
    edits = [Edit(entry, version)]
    facts_autosave(period=district.periods[2], organisation=district.school, edits=edits, by=user)


def test_the_whole_form_by_keyboard_alone(form):
    for _press in range(60):
        form.keyboard.press("Tab")
        if form.evaluate("document.activeElement.matches('[data-control]')"):
            break
    for _fact in TYPED:
        label = form.evaluate("document.activeElement.labels[0].textContent.trim()")
        form.keyboard.type(TYPED[label])
        form.keyboard.press("Enter")
    expect(form.locator("[data-saved-count]")).to_have_text("已全部保存")
    assert form.evaluate("document.activeElement.value") == "submit"
    form.keyboard.press("Enter")
    form.wait_for_url(re.compile("/collection/returns/"))
    assert Submission.objects.get(period__quarter=2).status == "submitted"
    assert stored() == {
        "近视学生数": 12,
        "筛查学生数": 40,
        "安置学生数": 2,
        "在校学生数": 900,
        "持证教师数": 60,
        "家访次数": 25,
    }


def test_enter_begins_and_a_digit_answers_yes_or_no(district, login_page):
    DataElement.objects.filter(pk=district.elements["placed"].pk).update(value_type="boolean", unit="")
    page = login_page(district.reporter)
    page.set_default_timeout(PATIENCE)
    page.goto(FORM)
    expect(page.locator("[data-form-keys]")).to_be_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement === document.querySelector('[data-control]')")
    field(page, "安置学生数").focus()
    page.keyboard.press("1")
    expect(field(page, "安置学生数")).to_have_value("1")
    page.keyboard.press("0")
    page.keyboard.press("Enter")
    expect(state(page, "安置学生数")).to_contain_text("已保存")
    assert stored()["安置学生数"] == 0


def test_without_a_network_nothing_is_lost_even_when_the_tab_is_closed(form):
    expect(form.locator("[data-left]")).to_contain_text("约")
    form.context.set_offline(True)
    field(form, "在校学生数").fill("910")
    field(form, "家访次数").fill("25")
    expect(state(form, "在校学生数")).to_contain_text("已存在本机")
    field(form, "安置学生数").fill("2")
    form.get_by_role("button", name="提交").click()
    expect(form.locator("[data-trouble]")).to_contain_text("没有网络")
    form.context.set_offline(False)
    expect(form.locator("[data-saved-count]")).to_have_text("已全部保存")
    assert stored() == {"在校学生数": 910, "家访次数": 25, "安置学生数": 2}
    form.context.set_offline(True)
    field(form, "持证教师数").fill("60")
    expect(state(form, "持证教师数")).to_contain_text("已存在本机")
    form.evaluate("location.href = 'about:blank'")
    form.context.set_offline(False)
    form.goto(FORM)
    expect(field(form, "持证教师数")).to_have_value("60")
    expect(form.locator("[data-saved-count]")).to_have_text("已全部保存")
    assert (stored()["持证教师数"], kept(form)) == (60, 0)


def test_two_people_see_each_other_and_choose_fact_by_fact(form, district):
    save_as(district.principal, district, "placed", "2")
    form.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(field(form, "安置学生数")).to_have_value("2")
    expect(state(form, "安置学生数")).to_contain_text(district.principal.name)
    save_as(district.principal, district, "pupils", "905")
    save_as(district.principal, district, "visits", "30")
    field(form, "在校学生数").fill("910")
    field(form, "家访次数").fill("25")
    form.get_by_role("button", name="提交").focus()
    boxes = form.locator(".fact__conflict")
    expect(boxes).to_have_count(2)
    expect(boxes.first).to_contain_text(district.principal.name)
    expect(boxes.first).to_contain_text("905")
    assert stored() == {"安置学生数": 2, "在校学生数": 905, "家访次数": 30}
    boxes.first.get_by_role("button", name="用我填的").click()
    expect(boxes).to_have_count(1)
    boxes.first.get_by_role("button", name="用这个数").click()
    expect(field(form, "家访次数")).to_have_value("30")
    expect(form.locator("[data-saved-count]")).to_have_text("已全部保存")
    assert stored() == {"安置学生数": 2, "在校学生数": 910, "家访次数": 30}


def test_past_the_session_the_login_leads_back_to_the_fact_and_logging_out_forgets(form, district):
    form.context.clear_cookies()
    field(form, "在校学生数").fill("910")
    field(form, "家访次数").focus()
    trouble = form.locator("[data-trouble]")
    expect(trouble).to_contain_text("登录已过期")
    trouble.get_by_role("link", name="重新登录").click()
    form.get_by_label("用户名").fill(district.reporter.username)
    form.get_by_label("密码").fill("password")
    form.get_by_role("button", name="登录").click()
    expect(field(form, "在校学生数")).to_have_value("910")
    expect(form.locator("[data-saved-count]")).to_have_text("已全部保存")
    assert stored() == {"在校学生数": 910}
    assert form.evaluate("document.activeElement.matches('[data-control]')")
    form.evaluate("localStorage.setItem('lusong.form.0.0.0', '{}')")
    form.once("dialog", lambda dialog: dialog.accept())
    form.locator("details.menu summary").click()
    form.locator("form[data-logout] button").click()
    form.wait_for_url(re.compile("/login/"))
    assert kept(form) == 0


def test_a_complete_section_does_not_fold_under_a_click(form):
    for label, text in (("家访次数", "25"), ("持证教师数", "60")):
        field(form, label).fill(text)
    folding = form.locator("details[data-section]").filter(has=form.get_by_text("家访次数"))
    field(form, "近视学生数").hover()
    form.mouse.down()
    expect(field(form, "近视学生数")).to_be_focused()
    expect(folding).to_have_attribute("open", "")
    form.mouse.up()
    expect(folding).not_to_have_attribute("open", "")


def test_a_complete_section_folds_and_the_time_spent_is_noted(form):
    for label, text in (("家访次数", "25"), ("持证教师数", "60")):
        field(form, label).press_sequentially(text, delay=400)
    form.get_by_role("button", name="提交").focus()
    expect(form.locator("[data-saved-count]")).to_have_text("已全部保存")
    folded = form.locator("details[data-section]").filter(has=form.get_by_text("家访次数"))
    expect(folded).not_to_have_attribute("open", "")
    assert {time.element.code for time in FillTime.objects.select_related("element")} <= {
        "visits",
        "certified",
    }
