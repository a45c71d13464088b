import pytest

from apps.core import clock
from tests.support.returns import IN_QUARTER_2, make_district


@pytest.fixture
def district(db):
    return make_district()


@pytest.fixture(autouse=True)
def _second_quarter():
    with clock.held_at(IN_QUARTER_2):
        yield
