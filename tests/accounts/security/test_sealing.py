"""Secrets of second steps in the database: encrypted, by keys that can be changed and may be lost."""

import base64
import importlib
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import SecondFactor, SecurityEvent
from apps.accounts.security import sealing, second_factor, totp
from apps.accounts.tasks import seal_second_steps
from apps.core.audit.tables import event_models
from lusong_edu.management.commands import restore
from lusong_edu.secrets import local_encryption_key, new_encryption_key
from tests.accounts.security.test_second_factor import code, now, with_password
from tests.factories import UserFactory

__all__ = ["now"]

SECRET = b"12345678901234567890"
pytestmark = pytest.mark.django_db


@pytest.fixture
def codes(reporter, now):
    """The reporter's second step is on; the codes for paper."""
    second_factor.factor_begin(user=reporter)
    made = second_factor.factor_confirm(user=reporter, typed=code(reporter, now))
    now[0] += totp.SECONDS
    return made


@pytest.fixture
def earlier(reporter):
    """A second step as an earlier version wrote it."""
    return SecondFactor.objects.create(user=reporter, secret=SECRET, confirmed_at=timezone.now())


def row():
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, sealed FROM accounts_secondfactor")
        secret, sealed = cursor.fetchone()
    return secret and bytes(secret), sealed


def step(client, typed):
    return client.post("/login/code/", {"code": typed})


def sealed_anew(*arguments):
    out = StringIO()
    call_command("seal_second_steps", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_the_database_does_not_hold_the_secret(codes):
    plain, sealed = row()
    secret = sealing.secret_of(SecondFactor.objects.get())
    assert (plain, len(secret)) == (None, 20)
    assert totp.shown(secret).replace(" ", "") not in sealed
    assert secret not in base64.urlsafe_b64decode(sealed)


def test_no_audit_row_holds_it():
    """Second steps are no audited model and never were: the audit has no such column, old rows neither."""
    tracked = [getattr(model, "pgh_tracked_model", None) for model in event_models()]
    columns = {field.name for model in event_models() for field in model._meta.concrete_fields}
    assert SecondFactor not in tracked
    assert columns & {"secret", "sealed"} == set()


def test_the_first_key_encrypts_and_all_of_them_decrypt(codes, reporter, now, settings):
    old, new = settings.SECOND_STEP_KEYS[0], new_encryption_key()
    settings.SECOND_STEP_KEYS = [new, old]
    assert step(with_password(reporter), code(reporter, now)).status_code == 302
    assert sealed_anew()[0] == "1 second steps encrypted anew, 0 were already."
    assert sealed_anew()[0] == "0 second steps encrypted anew, 1 were already."
    settings.SECOND_STEP_KEYS = [new]
    now[0] += totp.SECONDS
    assert step(with_password(reporter), code(reporter, now)).status_code == 302


def test_another_accounts_secret_is_not_taken(codes, reporter):
    other = UserFactory(role="leader")
    SecondFactor.objects.create(user=other, sealed=row()[1], confirmed_at=timezone.now())
    with pytest.raises(sealing.Unreadable):
        sealing.secret_of(other.second_factor)


def test_without_the_key_the_page_says_so_and_a_recovery_code_lets_in(codes, reporter, now, settings):
    current = code(reporter, now)
    settings.SECOND_STEP_KEYS = [new_encryption_key()]
    half_way = with_password(reporter)
    told = step(half_way, current).context["form"].errors["code"][0]
    assert told.startswith("本服务器缺少相应密钥")
    assert step(half_way, codes[0]).status_code == 302
    told = half_way.post("/second-step/", {"code": current, "off": "1"}).context["form"].errors["code"][0]
    assert told.startswith("本服务器缺少相应密钥")


def test_without_the_key_an_administrator_switches_it_off(codes, reporter, administrator, settings):
    settings.SECOND_STEP_KEYS = [new_encryption_key()]
    client = Client()
    client.force_login(administrator)
    assert client.post(f"/users/{reporter.pk}/second-step/off/").status_code == 302
    assert not second_factor.is_on(reporter)


def test_without_the_key_setting_up_begins_anew(reporter, now, settings):
    second_factor.factor_begin(user=reporter)
    settings.SECOND_STEP_KEYS = [new_encryption_key()]
    client = Client()
    client.force_login(reporter)
    page = client.get("/second-step/")
    assert (page.status_code, "picture" in page.context) == (200, False)
    client.post("/second-step/", {"begin": "1"})
    assert client.post("/second-step/", {"code": code(reporter, now)}).context["codes"]


def test_what_no_key_opens_is_told_and_removed_when_asked(codes, reporter, settings):
    settings.SECOND_STEP_KEYS = [new_encryption_key()]
    assert restore.second_steps_without_key() == 1
    with pytest.raises(CommandError, match=r"^1 are opened by no key of LUSONG_SECOND_STEP_KEYS"):
        sealed_anew()
    assert sealed_anew("--remove-unreadable")[0] == "1 second steps that no key opened are removed."
    assert (restore.second_steps_without_key(), second_factor.is_on(reporter)) == (0, False)
    assert SecurityEvent.objects.filter(kind="factor_off").values_list("user", "about").get() == (
        None,
        reporter.pk,
    )


def test_the_earlier_versions_rows_work_in_both_until_the_night(earlier, reporter, now):
    migration = importlib.import_module("apps.accounts.migrations.0007_second_steps_are_sealed")
    migration.seal(apps, None)
    plain, sealed = row()
    assert (plain, sealing.unseal(sealed, user_id=reporter.pk)) == (SECRET, SECRET)
    seal_second_steps()
    plain, sealed = row()
    assert (plain, sealing.unseal(sealed, user_id=reporter.pk)) == (None, SECRET)
    assert step(with_password(reporter), code(reporter, now)).status_code == 302
    migration.unseal(apps, None)
    assert row()[0] == SECRET


def test_what_an_earlier_version_writes_while_this_one_runs_is_read_and_sealed(earlier, reporter, now):
    assert step(with_password(reporter), code(reporter, now)).status_code == 302
    seal_second_steps()
    plain, sealed = row()
    assert (plain, sealing.unseal(sealed, user_id=reporter.pk)) == (None, SECRET)


def test_make_run_makes_a_key_for_itself_once(tmp_path):
    made = local_encryption_key(tmp_path)
    assert (local_encryption_key(tmp_path), len(made)) == (made, 44)
    assert (tmp_path / "second_step_key").stat().st_mode & 0o777 == 0o600
