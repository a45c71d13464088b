"""Prepared statements: once for each connection, and through whatever happens to transactions and tables."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.core import prepared

pytestmark = pytest.mark.django_db


def ask(cursor, sql, *params):
    prepared.execute(cursor, sql, list(params))
    return cursor.fetchall()


def test_a_statement_is_prepared_once_and_its_parameters_are_in_their_order():
    sql = "SELECT %s::int - %s::int, %s::text[]"
    with CaptureQueriesContext(connection) as captured, connection.cursor() as cursor:
        assert ask(cursor, sql, 7, 2, ["a", "%s"]) == [(5, ["a", "%s"])]
        assert ask(cursor, sql, 1, 2, []) == [(-1, [])]
    assert [query["sql"].split()[0] for query in captured] == ["PREPARE", "EXECUTE", "EXECUTE"]


def test_it_outlives_a_transaction_that_is_undone_and_a_table_that_is_made_anew():
    sql = "SELECT count(*) FROM scratch_of_a_test WHERE number = ANY(%s::int[])"
    with connection.cursor() as cursor:
        for count in (1, 3):
            with transaction.atomic():
                cursor.execute("CREATE TEMPORARY TABLE scratch_of_a_test (number int)")
                cursor.execute("INSERT INTO scratch_of_a_test SELECT generate_series(1, %s)", [count])
                assert ask(cursor, sql, [1, 2, 3]) == [(count,)]
                transaction.set_rollback(True)
