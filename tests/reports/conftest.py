from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from tests.dashboards.conftest import area, indicator, leader, measure, plan, small_indicator, stranger_office
from tests.reports import editions
from tests.reports import frozen as frozen_data

__all__ = ["area", "indicator", "leader", "measure", "plan", "small_indicator", "stranger_office"]


@pytest.fixture(scope="session")
def small_content(django_db_setup, django_db_blocker) -> dict[str, Any]:
    """A small district frozen as a release; nothing of it stays in the database."""
    with django_db_blocker.unblock(), transaction.atomic():
        content = editions.small_content()
        transaction.set_rollback(True)
    return content


@pytest.fixture
def frozen(django_db_setup, django_db_blocker) -> dict[str, Any]:
    """What a release of the seeded district's last quarter holds; to be spoiled at will."""
    with django_db_blocker.unblock():
        return frozen_data.content()
