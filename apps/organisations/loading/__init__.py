"""Loads a district's region tree and offices from fixtures/organisations/<district>.yaml."""

from apps.organisations.loading.applying import apply
from apps.organisations.loading.reading import OfficeRecord, OrganisationBundle, RegionRecord, read

__all__ = ["OfficeRecord", "OrganisationBundle", "RegionRecord", "apply", "read"]
