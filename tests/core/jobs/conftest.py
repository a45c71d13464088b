import pytest

from tests.factories import SchoolFactory, UserFactory
from tests.support import job_kinds


@pytest.fixture
def leader(db):
    return UserFactory(role="leader")


@pytest.fixture
def auditor(db, leader):
    return UserFactory(role="auditor", region=leader.region)


@pytest.fixture
def reporter(db, leader):
    return UserFactory(organisation=SchoolFactory(region=leader.region))


@pytest.fixture
def source(monkeypatch):
    """Change what the example is made from: source("2")."""
    return lambda text: monkeypatch.setitem(job_kinds.WORDS, "source", text)
