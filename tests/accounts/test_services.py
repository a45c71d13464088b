from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from apps.accounts import services
from apps.accounts.enums import Role
from apps.accounts.models import ResetCode, User
from tests.accounts.conftest import STRONG


def redeem(code, password=STRONG, username="reporter"):
    return services.reset_code_redeem(username=username, code=code, password=password)


def test_a_new_account_has_no_password(administrator, school):
    user = services.user_create(
        username="new",
        name="新人",
        role=Role.REPORTER,
        region=school.region,
        organisation=school,
        by=administrator,
    )
    assert (user.has_usable_password(), user.is_active, user.organisation) == (False, True, school)


def test_only_an_administrator_creates_accounts(reporter, school):
    with pytest.raises(PermissionDenied):
        services.user_create(
            username="new",
            name="新人",
            role=Role.REPORTER,
            region=school.region,
            organisation=school,
            by=reporter,
        )
    assert User.objects.count() == 1


def test_a_code_sets_a_password_once(administrator, reporter):
    reporter.must_change_password = True
    reporter.save()
    code = services.reset_code_issue(user=reporter, by=administrator)
    assert redeem(code.lower(), username=" Reporter ") == reporter
    reporter.refresh_from_db()
    assert (reporter.check_password(STRONG), reporter.must_change_password) == (True, False)
    assert redeem(code, "Another-99") is None
    reporter.refresh_from_db()
    assert reporter.check_password(STRONG)


def test_only_the_hash_of_a_code_is_kept(administrator, reporter):
    code = services.reset_code_issue(user=reporter, by=administrator)
    row = ResetCode.objects.get()
    assert code not in row.code_hash
    assert (row.user, row.issued_by, row.used_at) == (reporter, administrator, None)


def test_a_newer_code_ends_the_older(administrator, reporter):
    old = services.reset_code_issue(user=reporter, by=administrator)
    new = services.reset_code_issue(user=reporter, by=administrator)
    assert redeem(old) is None
    assert redeem(new) == reporter


def test_a_code_lives_24_hours(administrator, reporter):
    code = services.reset_code_issue(user=reporter, by=administrator)
    row = ResetCode.objects.get()
    assert timedelta(hours=23, minutes=59) < row.expires_at - timezone.now() <= timedelta(hours=24)
    ResetCode.objects.update(expires_at=timezone.now())
    assert redeem(code) is None


def test_five_wrong_tries_end_a_code(administrator, reporter):
    code = services.reset_code_issue(user=reporter, by=administrator)
    for _ in range(4):
        assert redeem("AAAA2222") is None
    ResetCode.objects.update(failures=4)
    assert redeem("AAAA2222") is None
    assert ResetCode.objects.get().failures == 5
    assert redeem(code) is None


def test_the_fifth_try_may_be_right(administrator, reporter):
    code = services.reset_code_issue(user=reporter, by=administrator)
    for _ in range(4):
        redeem("AAAA2222")
    assert redeem(code) == reporter


def test_a_code_fits_its_owner_only(administrator, reporter):
    code = services.reset_code_issue(user=reporter, by=administrator)
    assert redeem(code, username="admin") is None
    assert redeem(code, username="nobody") is None


@pytest.mark.parametrize("weak", ["short1", "12345678901", "onlyletters", "password123", "reporter1"])
def test_a_weak_password_keeps_the_code_open(administrator, reporter, weak):
    code = services.reset_code_issue(user=reporter, by=administrator)
    with pytest.raises(ValidationError):
        redeem(code, weak)
    assert redeem(code) == reporter


def test_deactivation_ends_codes_and_activation_does_not_bring_them_back(administrator, reporter):
    code = services.reset_code_issue(user=reporter, by=administrator)
    services.user_set_active(user=reporter, active=False, by=administrator)
    assert redeem(code) is None
    services.user_set_active(user=reporter, active=True, by=administrator)
    assert redeem(code) is None


def test_nobody_issues_codes_or_passwords_for_others(administrator, reporter):
    with pytest.raises(PermissionDenied):
        services.reset_code_issue(user=administrator, by=reporter)
    with pytest.raises(PermissionDenied):
        services.password_set(user=reporter, password=STRONG, by=administrator)
    with pytest.raises(PermissionDenied):
        services.user_set_active(user=administrator, active=False, by=administrator)


def test_changes_of_accounts_are_recorded(administrator, reporter):
    services.user_set_active(user=reporter, active=False, by=administrator)
    labels = list(reporter.history.order_by("pgh_id").values_list("pgh_label", "is_active"))
    assert labels == [("insert", True), ("update", False)]
