"""Which part of a release is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.core.jobs.errors import JobFailure
from apps.core.jobs.kinds import Parameters
from apps.core.templatetags.lusong import local_text
from apps.organisations.enums import OrganisationKind
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan, TaskArea
from apps.reports.databook.parts import Excerpt, Part
from apps.reports.jobs.releases import ReleaseForm
from apps.reports.releases.edition import Edition

KINDS = ("area", "office")


class PartForm(ReleaseForm):
    """A release, whole or of one area or one office.

    Parameters beside those of the release: `part` ("", "area:6", "office:12") and `part_name`.
    """

    part = forms.ChoiceField(label=_("Content"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        plans = AnnualPlan.objects.visible_to(user).order_by()
        areas = TaskArea.objects.filter(plan__in=plans.values("pk")).order_by("number", "-plan__year")
        names: dict[str, str] = {}
        for area in areas:
            names.setdefault(f"area:{area.number}", f"{area.number}. {local_text(area)}")
        offices = Organisation.objects.filter(
            kind=OrganisationKind.OFFICE, region__in=plans.values("region")
        ).order_by("sort_key")
        choice: Any = self.fields["part"]
        choice.choices = [
            ("", _("The whole district")),
            (_("One area"), list(names.items())),
            (_("One office"), [(f"office:{office.pk}", local_text(office)) for office in offices]),
        ]

    @classmethod
    def words(cls, parameters: Parameters) -> str:
        said = super().words(parameters)
        name = parameters.get("part_name")
        return f"{said} · {name}" if name else said

    def parameters(self) -> dict[str, Any]:
        part = self.cleaned_data["part"]
        if not part:
            return super().parameters()
        field: Any = self.fields["part"]
        names = {key: name for _group, rows in field.choices[1:] for key, name in rows}
        return super().parameters() | {"part": part, "part_name": str(names[part])}


def part_of(parameters: Parameters) -> Part:
    """Return the part that checked parameters name."""
    if "school" in parameters:
        return Part(school=int(parameters["school"]))
    kind, _colon, key = str(parameters.get("part", "")).partition(":")
    return Part(**{kind: int(key)}) if kind in KINDS else Part()


def checked(edition: Edition, parameters: Parameters) -> Part:
    """Return the part asked for.

    Raises:
        JobFailure: the release has nothing of it.
    """
    part = part_of(parameters)
    excerpt = Excerpt(edition, part)
    is_there = bool(excerpt.schools) if part.school is not None else bool(excerpt.areas)
    if not is_there:
        raise JobFailure(gettext("This release has nothing of what was asked for."))
    return part
