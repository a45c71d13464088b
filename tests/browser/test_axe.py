"""axe-core finds nothing serious on the main pages of the main roles, wide and on a phone, and none does what
its Content-Security-Policy refuses."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings

from apps.accounts.models import User
from apps.collection.models import Submission
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan, Measure, ValidationRule
from apps.reports.releases.services import text_save
from apps.reviews.models import OfficeReview
from tests.factories import RegionFactory, UserFactory
from tests.support.releasing import release_make
from tests.support.served import HOME, serve

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter((found) => ["serious", "critical"].includes(found.impact))
    .map(({id, nodes}) => [id, ...nodes.slice(0, 3).map((node) => node.html.slice(0, 160))].join(" | "))"""
REFUSALS = """window.refusals = [];
document.addEventListener("securitypolicyviolation", (event) =>
    window.refusals.push(`refused: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""
PHONE = {"width": 360, "height": 900}
DESK = {"width": 1280, "height": 900}
PLAN = "/plans/2025/"
WALKS = {
    "reporter": [
        "/",
        "/collection/",
        "/collection/4/",
        "/collection/2025/4/workbook/",
        "{school}",
        "/evaluations/2025/balanced/",
        "/password/",
        "{own}",
        "{own}print/",
        "/collection/returns/check/?code={code}",
        "/releases/school/",
    ],
    "reporter9": ["/collection/4/"],
    "principal": ["/", "/notices/"],
    "office-anquan": [
        "/",
        "/reviews/",
        "{review}",
        "{return}",
        "/measures/?area=18",
        "{measure}",
        "/reviews/bulk/",
        "/reviews/first-pass/",
    ],
    "office-dudao": ["/measures/checks/"],
    "deputy": ["/", "/reviews/"],
    "leader": [
        "/",
        PLAN,
        f"{PLAN}areas/9/",
        f"{PLAN}areas/1/",
        f"{PLAN}indicators/A09-PUBLIC-SHARE/",
        f"{PLAN}indicators/A09-PUBLIC-SHARE/levers/",
        f"{PLAN}indicators/A09-PUBLIC-SHARE/compare/",
        f"{PLAN}indicators/A14-PROV-EVAL/",
        f"{PLAN}indicators/A14-PROV-EVAL/explain/",
        "/schools/",
        "{school}",
        "/targets/",
        "/evaluations/2025/balanced/",
        "/evaluations/2025/preschool/",
        "/evaluations/2025/balanced/Q9-DIFFERENCE/",
        "/completeness/2025/?quarter=4&type=nine_year",
        "/measures/?area=9",
        "/screen/",
        "/reports/",
        "/reports/new/overview-workbook/",
        "/reports/behind/",
        "/releases/",
        "/releases/2025/3/",
        "/releases/2025/3/texts/6/",
        "/releases/2025/1/v2/?verify=1",
        "/releases/2025/1/v2/erratum/",
        "/releases/compare/?old=2025-1-1&new=2025-1-2",
        "/chasing/orders/",
    ],
    "admin": [
        "/",
        "/users/",
        "/users/new/",
        "/settings/",
        "/settings/indicators/",
        "/chasing/?quarter=3",
        "/chasing/log/?quarter=3",
        "/chasing/settings/",
        "/reports/schedules/new/",
        "/chasing/measures/",
        "/chasing/orders/new/measure/{overdue}/",
        "/chasing/orders/new/{late}/?quarter=3",
        "/completeness/2025/",
        "/completeness/timeliness/",
        "/burden/",
        "/rules/",
        "/rules/new/",
        "{rule}",
        "/exchange/",
        "/exchange/responsibility/",
        "/exchange/prefill/",
        "/operations/",
        "/dictionary/?q=A09",
        "/admin/",
        "/admin/collection/assignment/",
        "/admin/plans/measure/",
        "{assigning}",
    ],
    "auditor": ["/audit/"],
}


@pytest.fixture(scope="module")
def addresses(complete, django_db_blocker):
    """The pages of single things in the seeded district."""
    with django_db_blocker.unblock():
        school = User.objects.get(username="reporter").organisation_id
        office = User.objects.get(username="office-anquan").organisation_id
        review = OfficeReview.objects.filter(office=office, status="waiting").first()
        _release_twice()
        measure = Measure.objects.filter(lead_office=office).order_by("code").first()
        sent = Submission.objects.filter(status="submitted").first() or review.submission
        own = Submission.objects.get(organisation=school, period__quarter=2)
        return {
            "own": f"/collection/returns/{own.pk}/",
            "code": own.sealed_forms.latest("number").sha256,
            "overdue": Measure.objects.overdue_on(dt.date(2025, 12, 15)).order_by("code").first().pk,
            "rule": f"/rules/{ValidationRule.objects.get(kind='peer_outlier').pk}/",
            "school": f"/schools/{school}/",
            "review": f"/reviews/{review.pk}/",
            "return": f"/collection/returns/{sent.pk}/",
            "late": Organisation.objects.get(code="2143990044").pk,
            "measure": f"/measures/{measure.pk}/",
            "assigning": f"/admin/plans/measure/{measure.pk}/change/",
        }


def _release_twice() -> None:
    """Release the first quarter, and again with another text of the bureau."""
    plan, leader = AnnualPlan.objects.get(year=2025), User.objects.get(username="leader")
    release_make(plan=plan, quarter=1, by=leader)
    text_save(plan=plan, quarter=1, kind="judgement", area=None, body="总体平稳。", by=leader)
    release_make(plan=plan, quarter=1, by=leader, reason="补充研判")


def serious(browser, user, paths, *, is_wide_too=True) -> dict[str, list[str]]:
    """Return what axe finds on each page: as a phone loads it and, made wide, as a desk shows it."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    context.add_init_script(path=AXE)
    context.add_init_script(REFUSALS)
    serve(context, user)
    page = context.new_page()
    found = {}
    for path in paths:
        page.set_viewport_size(PHONE)
        answer = page.goto(HOME + path)
        assert answer.status == 200, path
        found[path] = found_on(page)
        if is_wide_too:
            page.set_viewport_size(DESK)
            found[path] += [f"wide: {problem}" for problem in found_on(page)]
    context.close()
    return {path: problems for path, problems in found.items() if problems}


def found_on(page) -> list[str]:
    problems = page.evaluate(RUN) + page.evaluate("window.refusals")
    if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        problems.append("the page scrolls sideways")
    return problems


@pytest.mark.parametrize("username", WALKS)
def test_nothing_serious(browser, addresses, username):
    paths = [path.format(**addresses) for path in WALKS[username]]
    is_wide_too = username in {"leader", "reporter", "admin"}
    user = User.objects.get(username=username)
    assert serious(browser, user, paths, is_wide_too=is_wide_too) == {}


def test_a_script_that_got_into_a_page_does_not_run(browser, db):
    context = browser.new_context(locale="zh-CN")
    context.add_init_script(REFUSALS)
    serve(context, UserFactory(role="leader", region=RegionFactory()))
    page = context.new_page()
    page.goto(f"{HOME}/devices/")
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.ran = true'>");
    }""")
    page.wait_for_function("window.refusals.length >= 2")
    assert page.evaluate("window.ran") is None
    context.close()


def test_nothing_serious_where_the_principal_signs(browser, addresses):
    principal = User.objects.get(username="principal")
    own = Submission.objects.filter(organisation=principal.organisation_id, period__quarter=2)
    own.update(status="signing")
    assert serious(browser, principal, [f"/collection/returns/{own.get().pk}/"]) == {}
