from collections.abc import Iterator

import pytest
from django.conf import settings
from django.utils import translation

from apps.core.loading import Problems, Report
from apps.organisations import loading as organisations
from apps.plans import loading

DISTRICT = settings.BASE_DIR / "fixtures" / "organisations" / "430203.yaml"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Sentences are compared word for word, in the language of the source."""
    with translation.override("en"):
        yield


@pytest.fixture
def load(tmp_path):
    """Check and load the files; returns the report."""

    def run(files):
        problems, report = Problems(), Report()
        bundle = loading.read(files.write(tmp_path / "plan"), problems)
        offices = organisations.read(DISTRICT, problems)
        found = loading.check(bundle, district=offices.district, office_keys=offices.office_keys)
        assert [*problems.found, *found] == []
        organisations.apply(offices, report)
        loading.apply(bundle, report)
        return report

    return run
