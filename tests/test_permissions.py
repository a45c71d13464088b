"""Every address × every role: strangers get 404, readers who write 403, the anonymous the login page.

A new address without a row here fails the first test. Columns of the answers, one letter each (see `Door`):
anonymous, reporter, principal, office, deputy, leader, administrator, auditor.
"""

from __future__ import annotations

import re

import pytest

from tests.support.doors import get, knock, make_world, post, released, routes

# What the words in a row's arguments stand for: the values of the address's variables, in order.
THINGS = {
    "table": lambda world: ("schools",),
    "no table": lambda world: ("nothing",),
    "exported only": lambda world: ("indicators",),
    "no file": lambda world: ("schools", "token"),
    "no form file": lambda world: (2025, 1, "token"),
    "quarter": lambda world: (1,),
    "year, quarter": lambda world: (2025, 1),
    "far quarter": lambda world: (2031, 1),
    "year": lambda world: (2025,),
    "far year": lambda world: (2031,),
    "area": lambda world: (2025, 6),
    "no area": lambda world: (2025, 99),
    "indicator": lambda world: (2025, world.ours.indicators["teachers"].code),
    "indicator number": lambda world: (world.ours.indicators["teachers"].pk,),
    "indicator code": lambda world: (world.ours.indicators["teachers"].code,),
    "no code": lambda world: ("NONE",),
    "no indicator": lambda world: (2025, "NONE"),
    "own school": lambda world: (world.ours.school.pk,),
    "other school": lambda world: (world.other_school.pk,),
    "far school": lambda world: (world.far_school.pk,),
    "plan": lambda world: (world.ours.plan.pk,),
    "far plan": lambda world: (world.far_plan.pk,),
    "reporter": lambda world: (world.people["reporter"].pk,),
    "administrator": lambda world: (world.people["administrator"].pk,),
    "far person": lambda world: (world.far_user.pk,),
    "nobody": lambda world: (999_999,),
    "lock": lambda world: (world.lock.pk,),
    "target": lambda world: (world.target.pk,),
    "submission": lambda world: (world.submission.pk,),
    "draft of another": lambda world: (world.draft.pk,),
    "withdraw": lambda world: (world.submission.pk, "withdraw"),
    "sign": lambda world: (world.submission.pk, "sign"),
    "send back": lambda world: (world.submission.pk, "send-back"),
    "withdraw of another": lambda world: (world.draft.pk, "withdraw"),
    "no step": lambda world: (world.submission.pk, "dance"),
    "measure": lambda world: (world.measure.pk,),
    "far measure": lambda world: (world.far_measure.pk,),
    "evaluation": lambda world: (2025, "balanced"),
    "no evaluation": lambda world: (2025, "nothing"),
    "far evaluation": lambda world: (2031, "balanced"),
    "evaluation item": lambda world: (2025, "balanced", "V-SAFETY"),
    "no evaluation item": lambda world: (2025, "balanced", "NOTHING"),
    "measure evidence": lambda world: (world.measure_evidence.pk,),
    "schedule": lambda world: (world.schedule.pk,),
    "nothing behind": lambda world: (999_999, "indicator", "NONE"),
    "job": lambda world: (world.job.pk,),
    "report": lambda world: ("overview-workbook",),
    "no report": lambda world: ("nothing",),
    "order": lambda world: (world.order.pk,),
    "notice": lambda world: (world.notice.pk,),
    "evidence": lambda world: (world.evidence.pk,),
    "rule": lambda world: (world.rule.pk,),
    "review": lambda world: (world.review.pk,),
    "review of another office": lambda world: (world.staff_review.pk,),
    "release": lambda world: released(world),
    "second release": lambda world: released(world, versions=2),
    "no release": lambda world: (2025, 1, 9),
    "far release": lambda world: (2031, 1, 1),
    "no making": lambda world: (2025, 1, 999_999),
    "texts of an area": lambda world: (2025, 1, 6),
    "texts of another area": lambda world: (2025, 1, 10),
    "texts of the whole": lambda world: (2025, 1, 0),
    "far texts": lambda world: (2031, 1, 6),
}

DOORS = {
    "": [get("loooooor"), post("mmmmmmmm")],
    "healthz": [get("oooooooo")],
    "readyz": [get("xxxxxxxx")],
    "metrics": [get("oooooooo")],
    "i18n/setlang/": [post("rrrrrrrr", language="en")],
    # accounts
    "login/": [get("orrrrrrr"), post("orrrrrrr", username="reporter", password="wrong")],
    "login/code/": [get("rrrrrrrr"), post("rrrrrrrr", code="000000")],
    "devices/": [get("looooooo"), post("lrrrrrrr", device="nothing")],
    "second-step/": [get("looooooo"), post("lrrrrrrr", begin="1"), post("looooooo", code="000000")],
    "security/": [get("lfffffoo"), post("mmmmmmmm")],
    "security/locks/<int:pk>/remove/": [
        get("mmmmmmmm", "lock"),
        post("lfffffrf", "lock"),
        post("lfffffnf", "nobody"),
    ],
    "security.csv": [get("lfffffoo"), post("mmmmmmmm")],
    "logout/": [get("mmmmmmmm"), post("rrrrrrrr")],
    "password/": [get("looooooo"), post("looooooo", old_password="wrong")],
    "reset/": [get("oooooooo"), post("oooooooo", username="reporter", code="AAAA2222")],
    "reset/e-mail/": [get("oooooooo"), post("oooooooo", username="reporter")],
    "reset/link/": [get("bbbbbbbb"), post("bbbbbbbb", new_password="示例")],
    "users/": [get("lfffffof"), post("mmmmmmmm")],
    "users/new/": [get("lfffffof"), post("lfffffof", username="x y")],
    "users/<int:pk>/code/": [
        get("lfffffmf", "reporter"),
        post("lfffffof", "reporter"),
        post("lfffffnf", "far person"),
        post("lfffffnf", "nobody"),
    ],
    "users/<int:pk>/second-step/off/": [
        get("mmmmmmmm", "reporter"),
        post("lfffffrf", "reporter"),
        post("lfffffnf", "administrator"),
        post("lfffffnf", "nobody"),
    ],
    "users/<int:pk>/active/": [
        get("lfffffmf", "reporter"),
        post("lfffffrf", "reporter", active="0"),
        post("lfffffff", "administrator", active="0"),
        post("lfffffnf", "far person", active="0"),
    ],
    # the bureau's own pages
    "audit/": [get("lfffffoo"), post("mmmmmmmm")],
    "audit.csv": [get("lfffffoo")],
    "dictionary/": [get("looooooo"), post("mmmmmmmm")],
    "methods/": [get("looooooo"), post("mmmmmmmm")],
    "dictionary.xlsx": [get("looooooo")],
    # tables out and in
    "exchange/": [get("lfffffof"), post("mmmmmmmm")],
    "exchange/<slug:key>/": [
        get("lfffffof", "table"),
        get("lfffffnf", "no table"),
        get("lfffffnf", "exported only"),
        post("lfffffof", "table"),
    ],
    "exchange/<slug:key>/preview/<str:token>/": [get("lfffffrf", "no file"), post("lfffffrf", "no file")],
    "exchange/<slug:key>/preview/<str:token>/errors.xlsx": [get("lfffffrf", "no file")],
    "exchange/<slug:key>/template.xlsx": [get("lfffffof", "table"), get("lfffffnf", "no table")],
    "exchange/<slug:key>.xlsx": [get("lfffffof", "table"), get("lfffffnf", "no table")],
    "exchange/<slug:key>.csv": [get("lfffffof", "table"), get("lfffffnf", "no table")],
    "targets/": [get("lffffoof"), post("mmmmmmmm")],
    "targets/<int:pk>/": [
        get("lffffoof", "target"),
        post("lffffrrf", "target", confirm="1", reason="示例会议"),
        post("lffffoof", "target", set="1"),
        get("lffffnnf", "nobody"),
    ],
    "definitions/<int:pk>/": [
        get("lffffoof", "indicator number"),
        post("lffffoof", "indicator number", propose="1"),
        post("lffffoof", "indicator number", confirm="1"),
        get("lffffnnf", "nobody"),
    ],
    "baselines/": [get("lffooooo"), post("mmmmmmmm")],
    "baselines/<str:code>/": [
        get("lffooooo", "indicator code"),
        get("lffnnnnn", "no code"),
        post("lfffffof", "indicator code"),
    ],
    "settings/": [
        get("lfffffof"),
        post("lfffffrf", save="1", on_track_ratio="100", at_risk_ratio="80", step_tolerance_days="15"),
    ],
    "operations/": [
        get("lfffffof"),
        post("lfffffrf", action="refresh"),
        post("lfffffrf", action="rebuild"),
        post("lfffffnf", action="dance"),
    ],
    # measures
    "measures/": [get("lffooooo"), post("mmmmmmmm")],
    "measures/checks/": [get("lffoofff"), post("mmmmmmmm")],
    "measures/<int:pk>/": [
        get("lffooooo", "measure"),
        get("lffnnnnn", "far measure"),
        get("lffnnnnn", "nobody"),
        post("lffrooof", "measure", action="update", to="", note="示例"),
        post("lfforrrf", "measure", action="update", to="cancelled", note="示例"),
        post("lffrffrf", "measure", action="step_add", name="示例"),
        post("lffnnnnn", "far measure", action="update", to="", note="示例"),
        post("lffnnnnn", "measure", action="file_remove", remove="0"),
        post("lffnnnnn", "measure", action="dance"),
    ],
    "collection/measures/evidence/<int:pk>/": [
        get("lnnoonnn", "measure evidence"),
        get("lnnnnnnn", "nobody"),
    ],
    "collection/measures/evidence/<int:pk>/preview/": [
        get("lnnoonnn", "measure evidence"),
        get("lnnnnnnn", "nobody"),
    ],
    # completeness
    "completeness/": [get("lffrrrrr"), post("mmmmmmmm")],
    "completeness/<int:year>/": [get("lffooooo", "year"), get("lffnnnnn", "far year")],
    "completeness/<int:year>.xlsx": [get("lffooooo", "year"), get("lffnnnnn", "far year")],
    "completeness/<int:year>.csv": [get("lffooooo", "year"), get("lffnnnnn", "far year")],
    "settings/indicators/": [get("lfffffof"), post("lfffffrf", asked="X-1")],
    # collection
    "collection/": [get("loooffff"), post("mmmmmmmm")],
    # A return that is submitted leads to its own page.
    "collection/<int:quarter>/": [get("lrroffff", "quarter"), post("lrrrffff", "quarter")],
    "collection/<int:year>/<int:quarter>/": [
        get("lrroffff", "year, quarter"),
        get("lnnnffff", "far quarter"),
    ],
    "collection/<int:year>/<int:quarter>/facts/": [
        get("xoooffff", "year, quarter"),
        get("xnnnffff", "far quarter"),
        post("xbbbffff", "year, quarter"),
    ],
    "rules/": [get("lffooooo"), post("mmmmmmmm")],
    "rules/new/": [get("lffoffof"), post("lffoffof", kind="above")],
    "rules/<int:pk>/": [
        get("lffooooo", "rule"),
        get("lffnnnnn", "nobody"),
        post("lffrffrf", "rule", severity="hard", is_active="on", reason="示例"),
    ],
    "collection/returns/<int:pk>/print/": [
        get("loonnnnn", "submission"),
        get("lnnnnnnn", "draft of another"),
    ],
    "collection/returns/<int:pk>/": [
        get("looooooo", "submission"),
        get("lnnnnnnn", "draft of another"),
        get("lnnnnnnn", "nobody"),
    ],
    "collection/returns/<int:pk>/<str:step>/": [
        get("mmmmmmmm", "withdraw"),
        post("lrrfffff", "withdraw"),
        post("lfrfffff", "sign"),
        post("lfrfffff", "send back", note="示例"),
        post("lnnnnnnn", "withdraw of another"),
        post("lnnnnnnn", "no step"),
    ],
    "collection/<int:year>/<int:quarter>/workbook.xlsx": [
        get("loooffff", "year, quarter"),
        get("lnnnffff", "far quarter"),
    ],
    "collection/<int:year>/<int:quarter>/workbook/": [
        get("loooffff", "year, quarter"),
        get("lnnnffff", "far quarter"),
        post("luuuffff", "year, quarter"),
    ],
    "collection/<int:year>/<int:quarter>/workbook/<str:token>/": [
        get("lrrrffff", "no form file"),
        post("lrrrffff", "no form file"),
    ],
    "collection/<int:year>/<int:quarter>/workbook/<str:token>/errors.xlsx": [get("lrrrffff", "no form file")],
    "collection/<int:year>/<int:quarter>/evidence/": [
        get("mmmmmmmm", "year, quarter"),
        post("lrrrffff", "year, quarter"),
        post("lnnnffff", "far quarter"),
    ],
    "collection/returns/check/": [get("looooooo"), post("mmmmmmmm")],
    "collection/evidence/<int:pk>/preview/": [get("loooonnn", "evidence"), get("lnnnnnnn", "nobody")],
    "collection/evidence/<int:pk>/": [get("loooonnn", "evidence"), get("lnnnnnnn", "nobody")],
    # notices and chasing
    "notices/": [get("looooooo"), post("lrrrrrrr")],
    "notices/<int:pk>/": [get("lrnnnnnn", "notice"), get("lnnnnnnn", "nobody")],
    "chasing/": [
        get("lffoofof"),
        post("lffrrfrf", action="remind", organisation="1"),
        post("lfffrfrf", action="extend_all", due_on="2025-04-20", reason="示例"),
        post("lffnnfnf", action="retry", dispatch="1"),
        post("lffnnfnf", action="dance"),
    ],
    "chasing/log/": [get("lffoofof"), post("mmmmmmmm")],
    "chasing/settings/": [get("lfffffof"), post("lfffffbf", action="calendar", days="示例")],
    "chasing/orders/new/<int:pk>/": [
        get("lfffooof", "own school"),
        get("lfffnnnf", "far school"),
        post("lfffwwwf", "own school", demand="示例"),
    ],
    "chasing/orders/": [get("looooooo"), post("mmmmmmmm")],
    "chasing/measures/": [
        get("lffoofof"),
        post("lffrrfrf", action="remind", organisation="m0"),
        post("lffnnfnf", action="dance"),
    ],
    "chasing/orders/new/measure/<int:pk>/": [
        get("lfffooof", "measure"),
        get("lfffnnnf", "far measure"),
        post("lfffwwwf", "measure", demand="示例"),
    ],
    "chasing/orders/<int:pk>/": [
        get("looooooo", "order"),
        get("lnnnnnnn", "nobody"),
        post("lrrfffff", "order", reply="示例"),
        post("lfffrrrf", "order", note="示例"),
    ],
    # reviews
    "reviews/": [get("lffoofff"), post("mmmmmmmm")],
    "reviews/bulk/": [get("lffoofff"), post("lffrrfff", action="start")],
    "reviews/first-pass/": [get("lffooooo"), post("mmmmmmmm")],
    "reviews/<int:pk>/letter/": [get("lnnnnnnn", "review"), get("lnnnnnnn", "nobody")],
    "reviews/<int:pk>/impact/": [
        get("lffoofff", "review"),
        get("lfffffff", "review of another office"),
        get("lffnnfff", "nobody"),
    ],
    "completeness/timeliness.xlsx": [get("lffooooo"), post("mmmmmmmm")],
    "completeness/timeliness.csv": [get("lffooooo"), post("mmmmmmmm")],
    "completeness/timeliness/": [get("lffooooo"), post("mmmmmmmm")],
    "burden/": [get("lffooooo"), post("mmmmmmmm")],
    "reviews/<int:pk>/": [
        get("lffooooo", "review"),
        get("lffooooo", "review of another office"),
        get("lffnnnnn", "nobody"),
        post("lffrrfff", "review", action="accept"),
        post("lfffffff", "review of another office", action="accept"),
    ],
    # dashboards
    "plans/": [get("lffrrrrr")],
    "plans/<int:year>/": [get("lffooooo", "year"), get("lffnnnnn", "far year"), post("mmmmmmmm", "year")],
    "plans/<int:year>/areas/<int:number>/": [get("lffooooo", "area"), get("lffnnnnn", "no area")],
    "plans/<int:year>/indicators/<str:code>/": [
        get("lffooooo", "indicator"),
        get("lffnnnnn", "no indicator"),
    ],
    "plans/<int:year>/indicators/<str:code>/explain/": [
        get("lffooooo", "indicator"),
        get("lffnnnnn", "no indicator"),
    ],
    "plans/<int:year>/indicators/<str:code>/levers/": [
        get("lffooooo", "indicator"),
        get("lffnnnnn", "no indicator"),
        post("lffooooo", "indicator"),
    ],
    "plans/<int:year>/indicators/<str:code>/compare/": [
        get("lffooooo", "indicator"),
        get("lffnnnnn", "no indicator"),
        post("mmmmmmmm", "indicator"),
    ],
    "plans/<int:year>/indicators/<str:code>/league/": [
        get("lfffffff", "indicator"),
        get("lffnnnnn", "no indicator"),
        post("mmmmmmmm", "indicator"),
    ],
    "schools/": [get("lffooooo")],
    "schools/<int:pk>/": [
        get("looooooo", "own school"),
        get("lnnooooo", "other school"),
        get("lnnnnnnn", "far school"),
    ],
    # national evaluations: schools read their own row, the bureau everything
    "evaluations/": [get("lrrrrrrr"), post("mmmmmmmm")],
    "evaluations/<int:year>/<slug:key>/": [
        get("looooooo", "evaluation"),
        get("lnnnnnnn", "no evaluation"),
        get("lnnnnnnn", "far evaluation"),
        post("mmmmmmmm", "evaluation"),
    ],
    "evaluations/<int:year>/<slug:key>/<str:code>/": [
        get("lffooooo", "evaluation item"),
        get("lffnnnnn", "no evaluation item"),
        post("lfffffrf", "evaluation item", action="decide", confirm="1", reason="示例"),
        post("lfffffff", "evaluation item", action="record", meets="1", as_of="2025-04-01", basis="示例"),
        post("lffnnnnn", "evaluation item", action="check", accept="1"),
        post("lffnnnnn", "evaluation item", action="dance"),
    ],
    "evaluations/<int:year>/<slug:key>.xlsx": [
        get("looooooo", "evaluation"),
        get("lnnnnnnn", "far evaluation"),
    ],
    "evaluations/<int:year>/<slug:key>.csv": [
        get("looooooo", "evaluation"),
        get("lnnnnnnn", "no evaluation"),
    ],
    # releases
    "releases/": [get("lffooooo"), post("mmmmmmmm")],
    "releases/<int:year>/<int:quarter>/": [
        get("lffooooo", "year, quarter"),
        get("lffnnnnn", "far quarter"),
        post("lffffuuf", "year, quarter"),
        post("lffnnnnn", "far quarter"),
    ],
    "releases/<int:year>/<int:quarter>/making/<int:pk>/": [get("lffnnnnn", "no making")],
    "releases/<int:year>/<int:quarter>/texts/<int:number>/": [
        get("lffoooof", "texts of an area"),
        get("lffffoof", "texts of another area"),
        get("lffffoof", "texts of the whole"),
        get("lffnnnnn", "far texts"),
        post("lffrrrrf", "texts of an area", judgement="示例", judgement_version="0", next_steps_version="0"),
    ],
    "releases/<int:year>/<int:quarter>/v<int:version>/": [
        get("lffooooo", "release"),
        get("lffnnnnn", "no release"),
        get("lffnnnnn", "far release"),
        post("mmmmmmmm", "no release"),
    ],
    "releases/<int:year>/<int:quarter>/v<int:version>/erratum/": [
        get("lffooooo", "second release"),
        get("lffnnnnn", "release"),
        get("lffnnnnn", "far release"),
    ],
    "releases/<int:year>/<int:quarter>/v<int:version>/erratum.xlsx": [
        get("lffooooo", "second release"),
        get("lffnnnnn", "far release"),
    ],
    "releases/<int:year>/<int:quarter>/v<int:version>/erratum.csv": [
        get("lffooooo", "second release"),
        get("lffnnnnn", "far release"),
    ],
    "releases/school/": [get("loofffff"), post("mmmmmmmm")],
    "releases/compare/": [get("lffooooo"), post("mmmmmmmm")],
    "releases/compare.xlsx": [get("lffnnnnn")],
    "releases/compare.csv": [get("lffnnnnn")],
    "screen/": [get("lffooooo"), post("mmmmmmmm")],
    "pulse/<int:plan_id>/": [get("looooooo", "plan"), get("lnnnnnnn", "far plan")],
    # reports
    "reports/": [get("looooooo"), post("mmmmmmmm")],
    "reports/schedules/": [get("lfffffof"), post("mmmmmmmm")],
    "reports/schedules/new/": [get("lfffffof"), post("lfffffuf", when="monthly")],
    "reports/schedules/<int:pk>/": [
        get("lfffffof", "schedule"),
        get("lfffffnf", "nobody"),
        post("lfffffrf", "schedule", switch="0"),
        post("lfffffuf", "schedule", when="monthly"),
    ],
    "reports/behind/": [get("lffooooo"), post("mmmmmmmm")],
    "reports/behind/<int:pk>/": [get("lffnnnnn", "nobody"), post("lffnnnnn", "nobody")],
    "reports/behind/<int:pk>/<slug:kind>/<slug:code>/": [get("lffnnnnn", "nothing behind")],
    "reports/circulars/<int:pk>/": [get("lffnnnnn", "nobody")],
    "reports/new/<slug:name>/": [
        get("lffooooo", "report"),
        get("lnnnnnnn", "no report"),
        post("lffrrrrr", "report", year="2025", quarter="1"),
        post("lffuuuuu", "report", year="2031", quarter="1"),
    ],
    "reports/jobs/<int:pk>/": [get("lnnonnnn", "job"), get("lnnnnnnn", "nobody")],
    "reports/jobs/<int:pk>/cancel/": [get("mmmmmmmm", "job"), post("lnnrnnnn", "job")],
    "reports/jobs/<int:pk>/retry/": [get("mmmmmmmm", "job"), post("lnnrnnnn", "job")],
    "reports/jobs/<int:pk>/file/": [get("lnnfnnnn", "job"), get("lnnnnnnn", "nobody")],
    "plans/<int:year>/overview.xlsx": [get("lffooooo", "year"), get("lffnnnnn", "far year")],
    "plans/<int:year>/overview.csv": [get("lffooooo", "year"), get("lffnnnnn", "far year")],
    "plans/<int:year>/areas/<int:number>.xlsx": [get("lffooooo", "area"), get("lffnnnnn", "no area")],
    "plans/<int:year>/areas/<int:number>.csv": [get("lffooooo", "area"), get("lffnnnnn", "no area")],
    "plans/<int:year>/indicators/<str:code>.xlsx": [
        get("lffooooo", "indicator"),
        get("lffnnnnn", "no indicator"),
    ],
    "plans/<int:year>/indicators/<str:code>.csv": [
        get("lffooooo", "indicator"),
        get("lffnnnnn", "no indicator"),
    ],
}


@pytest.fixture
def world(db):
    return make_world()


def address_of(route: str, values: tuple[object, ...]) -> str:
    """Return the address of a route with its variables filled in, in order."""
    rest = iter(values)
    return "/" + re.sub(r"<[^>]+>", lambda match: str(next(rest)), route)


def test_every_address_has_its_row():
    assert sorted(set(routes()) - set(DOORS)) == []
    assert sorted(set(DOORS) - set(routes())) == []


@pytest.mark.parametrize("route", DOORS)
def test_doors_open_for_whom_they_should(world, route):
    found = {}
    for door in DOORS[route]:
        values = THINGS[door.arguments](world) if door.arguments else ()
        found[door] = knock(world, door, address_of(route, values))
    assert found == {door: door.answers for door in DOORS[route]}
