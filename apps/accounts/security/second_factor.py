"""The second step of logging in: an authenticator on a telephone, and codes on paper for when it is lost."""

from __future__ import annotations

import logging
import secrets
import time
import unicodedata

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from apps.accounts import codes
from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.permissions import is_same_person, manages_accounts
from apps.accounts.security import sealing, totp
from apps.accounts.security.enums import EventKind
from apps.accounts.security.events import note
from apps.accounts.security.models import RecoveryCode, SecondFactor, Session

logger = logging.getLogger(__name__)

N_RECOVERY_CODES = 8
RECOVERY_LENGTH = 10


def is_on(user: User) -> bool:
    """The person's login needs a second step."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()


def is_required(user: User) -> bool:
    """The person must have a second step before anything else."""
    return bool(settings.SECOND_STEP_FOR_ADMINISTRATORS) and user.role == Role.ADMINISTRATOR


@transaction.atomic
def factor_begin(*, user: User) -> SecondFactor:
    """Return the person's authenticator, with a new secret if there is none yet that can be read."""
    new = sealing.seal(totp.new_secret(), user_id=user.pk)
    factor, is_new = SecondFactor.objects.select_for_update().get_or_create(
        user=user, defaults={"sealed": new}
    )
    if not is_new and factor.confirmed_at is None and not sealing.is_readable(factor):
        factor.sealed, factor.secret = new, None
        factor.save(update_fields=["sealed", "secret"])
    return factor


def secret_to_show(factor: SecondFactor) -> bytes | None:
    """Return the secret while it is being set up; None: set up already, or to be begun anew."""
    if factor.confirmed_at is None and sealing.is_readable(factor):
        return sealing.secret_of(factor)
    return None


def refusal(user: User) -> str:
    """Return why a code did not let in: it is wrong, or this server cannot check any."""
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is None or sealing.is_readable(factor):
        return _("The code is wrong or was used already. Wait for the next one and try again.")
    return _cannot_check()


@transaction.atomic
def factor_confirm(*, user: User, typed: str, keep: str | None = None) -> list[str]:
    """Switch the second step on and return the codes for paper; logins except `keep` (a session's key) end.

    Raises ValidationError when the code is not the authenticator's.
    """
    factor = SecondFactor.objects.select_for_update().get(user=user, confirmed_at__isnull=True)
    _require_code(_use_step(factor, typed), factor)
    factor.confirmed_at = timezone.now()
    factor.save(update_fields=["confirmed_at"])
    Session.objects.filter(user=user).exclude(session_key=keep).delete()
    note(EventKind.FACTOR_ON, by=user)
    return _new_codes(factor)


@transaction.atomic
def codes_renew(*, user: User, typed: str) -> list[str]:
    """Replace the codes for paper; the authenticator's code proves who asks."""
    factor = SecondFactor.objects.select_for_update().get(user=user, confirmed_at__isnull=False)
    _require_code(_use_step(factor, typed), factor)
    return _new_codes(factor)


@transaction.atomic
def factor_remove(*, user: User, by: User, typed: str = "") -> None:
    """Switch the second step off: a person with a code of their own, an administrator for who lost theirs.

    Raises:
        PermissionDenied: `by` is neither, or the setting demands the step of this person.
        ValidationError: the code is wrong.
    """
    factor = SecondFactor.objects.select_for_update().get(user=user, confirmed_at__isnull=False)
    if is_same_person(by, user):
        if is_required(user):
            raise PermissionDenied
        _require_code(_use_step(factor, typed) or _use_recovery(factor, typed), factor)
    elif not manages_accounts(by):
        raise PermissionDenied
    factor.delete()
    if not is_same_person(by, user):
        Session.objects.filter(user=user).delete()
    note(EventKind.FACTOR_OFF, by=by, about=None if is_same_person(by, user) else user)


@transaction.atomic
def code_use(*, user: User, typed: str) -> bool:
    """Use up a code of the authenticator or of the paper; False: it is neither."""
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at__isnull=False).first()
    return factor is not None and (_use_step(factor, typed) or _use_recovery(factor, typed))


def _use_step(factor: SecondFactor, typed: str) -> bool:
    digits = unicodedata.normalize("NFKC", typed).replace(" ", "")
    try:
        secret = sealing.secret_of(factor)
    except sealing.Unreadable:
        logger.error("a second step cannot be checked: LUSONG_SECOND_STEP_KEYS lacks its key")
        return False
    step = totp.matching_step(secret, digits, now=time.time(), after=factor.last_step)
    if step is None:
        return False
    factor.last_step = step
    factor.save(update_fields=["last_step"])
    return True


def _use_recovery(factor: SecondFactor, typed: str) -> bool:
    rows = factor.recovery_codes.filter(code_hash=_hash(typed), used_at__isnull=True)
    return rows.update(used_at=timezone.now()) == 1


def _new_codes(factor: SecondFactor) -> list[str]:
    factor.recovery_codes.all().delete()
    made = [
        "".join(secrets.choice(codes.ALPHABET) for _unused in range(RECOVERY_LENGTH))
        for _each in range(N_RECOVERY_CODES)
    ]
    RecoveryCode.objects.bulk_create(RecoveryCode(factor=factor, code_hash=_hash(code)) for code in made)
    return [f"{code[:5]}-{code[5:]}" for code in made]


def _hash(code: str) -> str:
    return salted_hmac("lusong.recovery", codes.normalised(code), algorithm="sha256").hexdigest()


def _require_code(right: bool, factor: SecondFactor) -> None:
    if right:
        return
    if not sealing.is_readable(factor):
        raise ValidationError(_cannot_check())
    raise ValidationError(
        _("This is not the authenticator's current code. Wait for the next one and try again.")
    )


def _cannot_check() -> str:
    return _(
        "This server cannot check the authenticator's codes: it lacks the key for them. Use a recovery code, "
        "or ask an administrator to switch your second step off."
    )
