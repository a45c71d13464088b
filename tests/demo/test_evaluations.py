"""The demonstration's findings fit the rules they speak of."""

import datetime as dt

from apps.demo.evaluations import definition
from apps.rollups.evaluations.loading import evaluations


def test_findings_speak_of_rules_that_an_office_answers():
    for key, rows in definition()["findings"].items():
        for row in rows:
            check = evaluations()[key].check(row["code"])
            assert check.is_recorded
            assert ("number" in row) == (check.limit is not None) != ("meets" in row)
            assert row["basis"].startswith("示例")
            assert row["as_of"].year == 2025
    for key, rows in definition()["confirmed"].items():
        assert all(evaluations()[key].check(row["code"]).to_confirm for row in rows)
        assert all(dt.date(2025, 3, 10) < row["decided_on"] for row in rows)
