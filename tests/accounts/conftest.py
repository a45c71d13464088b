import pytest

from apps.accounts.enums import Role
from tests.factories import OfficeFactory, RegionFactory, SchoolFactory, UserFactory

STRONG = "Xiangjiang-58"


@pytest.fixture
def district(db):
    nation = RegionFactory(code="000000", name="中国")
    return RegionFactory(code="430203", parent=nation)


@pytest.fixture
def elsewhere(district):
    """A district beside ours, whose people must never show."""
    return RegionFactory(code="430204", name="别处", parent=district.parent)


@pytest.fixture
def administrator(district):
    return UserFactory(username="admin", role=Role.ADMINISTRATOR, region=district)


@pytest.fixture
def school(district):
    return SchoolFactory(region=district, name="示例一小")


@pytest.fixture
def office(district):
    return OfficeFactory(region=district, name="示例体卫艺股")


@pytest.fixture
def reporter(school):
    return UserFactory(username="reporter", organisation=school)
