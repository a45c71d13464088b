"""Files dropped on the form in a real browser: each has its outcome, what was typed is still there."""

import pytest

from apps.collection.models import Evidence
from apps.core.models import BusinessClock
from tests.support import files
from tests.support.returns import IN_QUARTER_2, make_district

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DROP = """([zone, given]) => {
    const carried = new DataTransfer();
    for (const [name, bytes] of given) carried.items.add(new File([new Uint8Array(bytes)], name));
    zone.dispatchEvent(new DragEvent("drop", {dataTransfer: carried, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def page(browser, live_server, settings, tmp_path, client):
    settings.MEDIA_ROOT = tmp_path
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)
    district = make_district()
    client.force_login(district.reporter)
    context = browser.new_context(base_url=live_server.url, locale="zh-CN")
    context.set_default_timeout(20_000)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    yield context.new_page()
    context.close()


def test_dropped_files_are_taken_one_by_one_and_what_was_typed_stays(page):
    page.goto("/collection/2025/2/")
    typed = page.get_by_label("在校学生数", exact=True)
    typed.fill("900")
    given = [
        ("名单.xlsx", list(files.xlsx({"B7": files.IDENTITY}))),
        ("汇总.pdf", list(files.PDF)),
        ("照片.png", list(files.png(40, 30))),
    ]
    page.evaluate(DROP, [page.locator("[data-drop]").element_handle(), given])
    page.get_by_text("已添加“照片.png”。").wait_for()
    assert (
        page.locator(".file-outcome--refused").inner_text().startswith("“名单.xlsx”中有 1 处身份证号或手机号")
    )
    assert page.locator(".file__name").all_inner_texts() == ["汇总.pdf", "照片.png"]
    assert (
        page.locator(".file__picture img").evaluate("each => each.decode().then(() => each.naturalWidth)")
        == 40
    )
    assert typed.input_value() == "900"
    assert Evidence.objects.count() == 2
