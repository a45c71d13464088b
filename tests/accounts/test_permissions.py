import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse

from apps.accounts import permissions
from apps.accounts.access import get_visible_or_404, roles_required
from apps.accounts.enums import BUREAU_ROLES, SCHOOL_ROLES, Role
from apps.accounts.models import User
from tests.factories import OfficeFactory, UserFactory


def test_predicates_join():
    both = permissions.is_reporter & permissions.is_school_member
    either = permissions.is_leader | permissions.is_reporter
    reporter = User(role=Role.REPORTER)
    assert (both(reporter), either(reporter), (~either)(reporter)) == (True, True, False)
    assert repr(both) == "(is_reporter & is_reporter | is_principal)" or "&" in repr(both)


@pytest.mark.parametrize("role", Role)
def test_each_role_is_of_a_school_or_of_the_bureau(role):
    user = User(role=role)
    assert permissions.is_school_member(user) == (role in SCHOOL_ROLES)
    assert permissions.is_bureau_member(user) == (role in BUREAU_ROLES)
    assert permissions.manages_accounts(user) == (role == Role.ADMINISTRATOR)
    assert permissions.confirms_targets(user) == (role in (Role.ADMINISTRATOR, Role.LEADER))


def test_nobody_else_holds_a_permission():
    anonymous, inactive = AnonymousUser(), User(role=Role.ADMINISTRATOR, is_active=False)
    for user in (anonymous, inactive):
        assert not permissions.manages_accounts(user)
        assert not (~permissions.is_reporter)(user) or user is inactive


def test_an_administrator_cannot_deactivate_themselves(administrator, reporter):
    assert permissions.deactivates(administrator, reporter)
    assert not permissions.deactivates(administrator, administrator)
    assert not permissions.deactivates(reporter, administrator)


def test_membership_and_leadership(office, school, reporter, district):
    deputy = UserFactory(role=Role.DEPUTY, region=district)
    deputy.offices_led.add(office)
    other = OfficeFactory(region=district)
    assert (permissions.leads_office(deputy, office), permissions.leads_office(deputy, other)) == (
        True,
        False,
    )
    assert (permissions.is_member_of(reporter, school), permissions.is_member_of(reporter, office)) == (
        True,
        False,
    )
    assert permissions.is_member_of(deputy, None) is False


def test_a_view_lets_in_its_roles_only(rf):
    view = roles_required(Role.LEADER)(lambda request: HttpResponse("in"))
    request = rf.get("/somewhere/")
    request.user = User(role=Role.LEADER)
    assert view(request).content == b"in"
    request.user = User(role=Role.REPORTER)
    with pytest.raises(PermissionDenied):
        view(request)
    request.user = AnonymousUser()
    assert view(request)["Location"] == "/login/?next=/somewhere/"


def test_what_one_may_not_see_does_not_exist(administrator, reporter, elsewhere):
    stranger = UserFactory(role=Role.LEADER, region=elsewhere)
    assert get_visible_or_404(User.objects, administrator, pk=reporter.pk) == reporter
    for user, pk in ((administrator, stranger.pk), (reporter, administrator.pk)):
        with pytest.raises(Http404):
            get_visible_or_404(User.objects, user, pk=pk)
