from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core.loading import Report, upsert
from apps.organisations.enums import OrganisationKind
from apps.organisations.loading.reading import OrganisationBundle
from apps.organisations.models import Organisation, Region
from apps.organisations.services import ancestors_rebuild


@transaction.atomic
def apply(bundle: OrganisationBundle, report: Report) -> Region:
    """Write the regions and offices that differ; return the district. Schools are not touched."""
    regions = _apply_regions(bundle, report)
    ancestors_rebuild()
    district = regions[bundle.district]
    for office in bundle.offices:
        upsert(
            Organisation,
            key={"code": bundle.office_code(office.key)},
            values={
                "kind": OrganisationKind.OFFICE,
                "region_id": district.pk,
                "name": office.name,
                "name_en": office.name_en,
                "sort_key": office.sort_key,
            },
            only_new={"opened_on": bundle.offices_since},
            report=report,
            kind=_("office"),
            name=office.name,
        )
    return district


def _apply_regions(bundle: OrganisationBundle, report: Report) -> dict[str, Region]:
    regions: dict[str, Region] = {}
    for record in bundle.regions:
        parent = regions.get(record.parent)
        regions[record.code] = upsert(
            Region,
            key={"code": record.code},
            values={
                "name": record.name,
                "name_en": record.name_en,
                "level": record.level,
                "parent_id": parent.pk if parent else None,
            },
            report=report,
            kind=_("region"),
            name=record.name,
        )
    return regions
