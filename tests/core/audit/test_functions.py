"""What every audit trigger calls: the same answers as the libraries' own functions, and no errors inside."""

import pghistory
import pytest
from django.db import connection

from apps.core.audit import functions, guards
from apps.organisations.models import Organisation, OrganisationHistory
from tests.factories import SchoolFactory

pytestmark = pytest.mark.django_db


def asked(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def events(school):
    found = OrganisationHistory.objects.filter(pgh_obj=school, pgh_label="update").order_by("pgh_id")
    return [event.pgh_context and event.pgh_context.metadata for event in found]


def test_both_are_in_place_after_migrating():
    rows = asked("SELECT proname FROM pg_proc WHERE prosrc LIKE %s ORDER BY 1", f"%{functions.MARK}%")
    assert rows == [(functions.ATTACH,), (functions.IGNORED,)]


def test_an_event_has_its_context_none_without_one_and_all_of_one_that_grew():
    school = SchoolFactory()
    Organisation.objects.filter(pk=school.pk).update(name="甲")
    with pghistory.context(user=7):
        Organisation.objects.filter(pk=school.pk).update(name="乙")
        pghistory.context(address="192.0.2.7")
        Organisation.objects.filter(pk=school.pk).update(name="丙")
    grown = {"user": 7, "address": "192.0.2.7"}
    assert events(school) == [None, grown, grown]


@pytest.mark.parametrize(
    ("setting", "ignored"), [("", None), ("{}", False), ("{other}", False), ("{other,this}", True)]
)
def test_what_is_ignored_is_what_the_setting_names(setting, ignored):
    asked("SELECT set_config('pgtrigger.ignore', %s, TRUE)", setting)
    assert asked(f"SELECT {functions.IGNORED}('this')") == [(ignored,)]


def test_installing_again_leaves_their_rights():
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER FUNCTION {functions.ATTACH} SECURITY DEFINER")
    guards.install()
    assert asked("SELECT prosecdef FROM pg_proc WHERE proname = %s", functions.ATTACH) == [(True,)]
