"""Production refuses accounts whose password is printed in public."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

SENTENCE = (
    "{count} demonstration accounts with a public password are active: switch them off in the user list, "
    "or use a database without the demonstration district."
)


def active_demo_accounts() -> int:
    """How many there are; 0 where they are allowed, or the database is away or not migrated yet."""
    if not settings.REFUSE_DEMO_ACCOUNTS:
        return 0
    try:
        return apps.get_model("accounts", "User").objects.filter(is_demo=True, is_active=True).count()
    except DatabaseError:
        return 0


def refuse_demo_accounts(**_: Any) -> None:
    """Called when a web server, worker or beat starts; raises with one sentence."""
    if count := active_demo_accounts():
        raise ImproperlyConfigured(SENTENCE.format(count=count))


def check_demo_accounts(**_: Any) -> list[Error]:
    """The same for `manage.py check --deploy`."""
    count = active_demo_accounts()
    return [Error(SENTENCE.format(count=count), id="lusong.E001")] if count else []
