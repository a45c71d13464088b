"""What a page is told after facts were saved makes of what it knew the form as it is, at the same cost."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from apps.collection.autosave.models import FillTime
from apps.collection.keys import key_text
from apps.collection.models import Assignment, Submission
from apps.collection.rules.kept import kept_rules
from apps.core.models import BusinessClock
from apps.plans.models import ValidationRule
from tests.factories import ElementFactory, warning
from tests.support.returns import IN_QUARTER_2, accept_all, submit

URL = "/collection/2025/2/facts/"
CODES = ("myopic", "screened", "placed", "pupils", "certified", "visits")


class Page:
    """What the form's page keeps of what the server tells it."""

    def __init__(self, user):
        self.client = Client()
        self.client.force_login(user)
        self.known, self.version, self.facts, self.told = "", "", {}, []
        self.hear(self.client.get(URL))

    def hear(self, answer):
        assert answer.status_code == 200, answer.content
        told = answer.json()
        self.known, self.version = told["known"], told["version"]
        self.facts |= told["facts"]
        self.told = sorted(told["facts"])
        return told

    def save(self, **edits):
        """Save facts by the names of their controls: a text, or a text and the reason."""
        rows = []
        for name, typed in edits.items():
            text, reason = typed if isinstance(typed, tuple) else (typed, "")
            seen = self.facts.get(name, {}).get("version", 0)
            rows.append({"name": name, "text": text, "reason": reason, "version": seen, "seconds": 3})
        body = json.dumps({"edits": rows, "known": self.known})
        return self.hear(self.client.post(URL, body, content_type="application/json"))

    def look(self):
        return self.hear(self.client.get(URL, {"known": self.known}))

    def whole(self):
        """What a page that knows nothing is told."""
        told = self.client.get(URL).json()
        return told["version"], told["known"], told["facts"]

    @property
    def kept(self):
        return self.version, self.known, self.facts


@pytest.fixture
def asked(district):
    """The second quarter's form after an accepted first one, with rules of every kind between its facts."""
    BusinessClock.objects.create(fixed_date=IN_QUARTER_2)
    accept_all(district, submit(district, 1))
    of_pupils = {"other": district.elements["pupils"]}
    warning("at_most", district.elements["placed"], **of_pupils)
    warning("sum_at_most", district.elements["certified"], addends=["placed"], severity="hard", **of_pupils)
    warning("unit_slip", None)
    return district


def name(district, code):
    element = district.elements[code]
    return key_text((element.pk, "primary" if element.per_stage else "whole"))


TEXTS = st.sampled_from(["", "1", "2", "60", "61", "900", "5001", "约9", "９人", "13812345678"])
EDITS = st.dictionaries(st.sampled_from(CODES), st.tuples(TEXTS, st.sampled_from(["", "示例"])), max_size=2)
WHO = st.sampled_from([0, 0, 0, 1])
STEPS = st.lists(st.tuples(WHO, st.sampled_from(["save", "save", "look"]), EDITS), min_size=4, max_size=8)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
    phases=[Phase.generate],
)
@given(steps=STEPS)
def test_what_two_writers_are_told_adds_up_to_the_whole_form(asked, steps):
    Submission.objects.filter(period=asked.periods[2]).delete()
    pages = [Page(asked.reporter), Page(asked.principal)]
    pages[0].save(**{name(asked, code): "60" for code in CODES})
    for who, what, edits in steps:
        page = pages[who]
        if what == "look":
            page.look()
        else:
            page.save(**{name(asked, code): typed for code, typed in edits.items()})
        assert page.kept == page.whole()


def test_only_the_fact_and_those_told_about_it_are_told(asked):
    page = Page(asked.reporter)
    page.save(**{name(asked, "visits"): "25"})
    assert page.told == [name(asked, "visits")]
    page.save(**{name(asked, "pupils"): "900"})
    assert page.told == sorted(name(asked, code) for code in ("pupils", "placed", "certified"))
    page.save(**{name(asked, "myopic"): "41"})
    page.save(**{name(asked, "screened"): "40"})
    assert page.told == sorted(name(asked, code) for code in ("myopic", "screened"))
    assert len(page.facts[name(asked, "myopic")]["errors"]) == 1


def test_who_does_not_know_what_another_saved_is_told_the_whole_form(asked):
    first, second = Page(asked.reporter), Page(asked.principal)
    first.save(**{name(asked, "placed"): "2"})
    second.save(**{name(asked, "visits"): "25"})
    assert (len(second.told), second.facts[name(asked, "placed")]["who"]) == (6, asked.reporter.name)
    assert first.look()["facts"][name(asked, "visits")]["text"] == "25"
    assert first.look()["facts"] == {}


def test_a_changed_rule_is_told_at_once(asked):
    page = Page(asked.reporter)
    page.save(**{name(asked, "pupils"): "2000"})
    assert len(page.facts[name(asked, "pupils")]["flags"]) == 1
    before = kept_rules()
    assert kept_rules() is before
    ValidationRule.objects.filter(kind="jump_previous").update(limit=500)
    page.look()
    assert page.facts[name(asked, "pupils")]["flags"] == []
    assert page.kept == page.whole()


def test_an_opened_fact_is_corrected_and_the_page_told_of_it_alone(asked):
    submission = submit(asked, 2)
    Submission.objects.filter(pk=submission.pk).update(status="returned")
    submission.values.filter(element__code__in=["pupils", "visits"]).update(is_open=True)
    page = Page(asked.reporter)
    assert len(page.facts) == 2
    page.save(**{name(asked, "pupils"): "920"})
    assert (page.told, page.kept) == ([name(asked, "pupils")], page.whole())


def test_what_is_no_longer_due_is_said(asked):
    page = Page(asked.reporter)
    page.save(**{name(asked, "pupils"): "920"})
    Assignment.objects.filter(organisation=asked.school).update(withdrawn_on=IN_QUARTER_2)
    body = json.dumps({"edits": [{"name": name(asked, "pupils"), "text": "1"}], "known": page.known})
    assert page.client.post(URL, body, content_type="application/json").status_code == 409


def test_a_saved_fact_costs_the_same_in_a_longer_form(asked):
    counts = []
    for more in (0, 30):
        for number in range(more):
            element = ElementFactory(code=f"more_{number}", name=f"更多{number}")
            Assignment.objects.create(
                period=asked.periods[2], organisation=asked.school, element=element, stage="whole"
            )
        page = Page(asked.reporter)
        page.save(**{name(asked, "visits"): f"2{more}"})
        with CaptureQueriesContext(connection) as queries:
            page.save(**{name(asked, "pupils"): f"9{more}", name(asked, "placed"): "3"})
        counts.append((len(queries), len(page.told)))
        assert page.kept == page.whole()
    assert counts[0] == counts[1]
    assert counts[0][0] <= 25
    assert FillTime.objects.count() == 3
