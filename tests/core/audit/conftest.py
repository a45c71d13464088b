import pytest

from tests.factories import RegionFactory, UserFactory


@pytest.fixture
def user(db):
    return UserFactory(role="leader", region=RegionFactory(), name="示例甲")
