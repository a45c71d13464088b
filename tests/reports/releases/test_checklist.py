"""What stops a release and what must be read before it, from facts alone."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from apps.dashboards.readings import Reading
from apps.plans.models import Indicator
from apps.reports.releases import checklist
from apps.reports.releases.audience import CIRCULATION, Audience
from apps.reports.releases.checklist import Facts, InForce, Point, Subject, findings_of

QUARTER_END = dt.date(2025, 9, 30)
CLEAN = Facts(today=dt.date(2025, 11, 1), ends_on=QUARTER_END, closes_on=dt.date(2025, 10, 30))
A, B = Subject("A 示例"), Subject("B 示例")


def points(facts: Facts) -> list[tuple[str, int]]:
    return [(str(finding.point), finding.count) for finding in findings_of(facts)]


def reading(status: str = "on_track", **fields) -> tuple[Subject, Reading]:
    whole = {"n_due": 10, "n_reported": 10, "value": 1, "confidence": "final"}
    return A, Reading(indicator=Indicator(code="A"), quarter=3, status=status, **(whole | fields))


def test_a_settled_quarter_has_nothing():
    assert points(replace(CLEAN, readings=[reading()], targets=[InForce(A, dt.date(2025, 3, 10))])) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ends_on": None}, ("no_period", 1)),
        ({"today": dt.date(2025, 9, 30)}, ("not_over", 1)),
        ({"today": dt.date(2025, 10, 1)}, ("not_closed", 1)),
        ({"today": dt.date(2025, 10, 30)}, ("not_closed", 1)),
        ({"unreviewed": [A, B]}, ("unreviewed", 2)),
        ({"in_hand": [A]}, ("in_hand", 1)),
        ({"n_stale": 7}, ("stale", 7)),
        ({"is_rebuilding": True}, ("rebuilding", 1)),
        ({"n_differences": 3}, ("differences", 3)),
        ({"definitions": [A]}, ("definitions", 1)),
    ],
)
def test_what_is_not_settled_stops_it(change, expected):
    facts = replace(CLEAN, **change)
    assert points(facts) == [expected]
    assert [finding.severity for finding in findings_of(facts)] == ["error"]


def test_it_is_free_on_the_day_after_the_period_closes():
    assert points(replace(CLEAN, today=dt.date(2025, 10, 31))) == []


def test_two_confirmed_revisions_from_one_day_contradict_each_other():
    first, later = dt.date(2025, 3, 10), dt.date(2025, 7, 1)
    rows = [InForce(A, first), InForce(A, later), InForce(B, later), InForce(B, later), InForce(B, later)]
    found = findings_of(replace(CLEAN, targets=rows))
    assert [(finding.point, finding.count, finding.subjects) for finding in found] == [("targets", 1, (B,))]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (reading(n_reported=9), "coverage"),
        (reading(confidence="provisional"), "provisional"),
        (reading(confidence="estimated"), "estimated"),
        (reading("no_target"), "no_target"),
        (reading("unconfirmed"), "unconfirmed"),
    ],
)
def test_what_a_reader_should_know_is_a_warning(row, expected):
    found = findings_of(replace(CLEAN, readings=[row]))
    assert [(finding.point, finding.severity) for finding in found] == [(expected, "warning")]


def test_a_figure_without_value_is_neither_provisional_nor_estimated():
    assert points(replace(CLEAN, readings=[reading("not_due", value=None, confidence="provisional")])) == []


def test_only_the_very_finding_that_was_read_counts_as_read():
    one = findings_of(replace(CLEAN, hidden=[A]))
    other = findings_of(replace(CLEAN, hidden=[B]))
    assert checklist.unread(one, [one[0].token]) == []
    assert checklist.unread(other, [one[0].token]) == other
    assert checklist.unread(findings_of(replace(CLEAN, n_stale=1)), []) == []


def test_a_release_keeps_the_warnings_and_who_read_them():
    found = findings_of(replace(CLEAN, n_stale=1, overdue=[A, Subject("B 限制", 3)]))
    rows = checklist.kept(found, by="示例局领导", on=dt.date(2025, 11, 1))
    assert rows == [
        {
            "point": "overdue",
            "count": 2,
            "subjects": [["A 示例", None], ["B 限制", 3]],
            "acknowledged_by": "示例局领导",
            "acknowledged_on": "2025-11-01",
        }
    ]
    assert checklist.as_kept(rows[0]) == found[1]


def test_a_restricted_name_is_for_its_office_and_the_leaders():
    secret = Subject("限制", 3)
    readers = [CIRCULATION, Audience(office_ids=frozenset({2})), Audience(office_ids=frozenset({3}))]
    assert [secret.is_known_to(reader) for reader in readers] == [False, False, True]
    assert secret.is_known_to(Audience(sees_all=True))
    assert A.is_known_to(CIRCULATION)


def test_every_point_has_words_and_advice():
    from apps.reports.releases.checklist_words import ADVICE, TITLES

    assert set(TITLES) == set(ADVICE) == set(checklist.RULES) == set(Point)
    assert all(title(2) and title(1) and ADVICE[point]() for point, title in TITLES.items())
