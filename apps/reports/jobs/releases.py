"""Reports of a release: which one, for which readers. The forms, the audience and the edition of a request.

    @report("quarterly-word", label=…, form=ReleaseForm, audience=release_audience, source=release_sha256)
    def quarterly_word(request: BuildRequest, progress: Progress) -> BuiltFile:
        edition = edition_for(request)

Parameters: `release` (id), `plan`, `year`, `quarter`, `version`; `reach`: `internal` (what the person
who asks may see) or `circulation` (fit to be passed on); of a school's report `school` (id) instead.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.permissions import is_bureau_member, is_school_member
from apps.core.jobs.errors import JobFailure
from apps.core.jobs.kinds import Parameters
from apps.dashboards import wording
from apps.organisations.models import Organisation
from apps.plans.models import AnnualPlan
from apps.reports.jobs.parameters import Occasion, ParametersForm
from apps.reports.jobs.registry import BuildRequest
from apps.reports.releases.audience import CIRCULATION, Audience, audience_of, may_read
from apps.reports.releases.edition import Edition, edition_of
from apps.reports.releases.models import Release

INTERNAL = "internal"
REACHES = (
    (INTERNAL, _("Internal: what you may see yourself")),
    ("circulation", _("For circulation: without restricted indicators and small numbers")),
)


class ReleaseField(forms.ModelChoiceField):
    """A choice of releases, named by quarter and version."""

    def label_from_instance(self, obj: Any) -> str:
        return release_name({"year": obj.plan.year, "quarter": obj.quarter, "version": obj.version})


def release_name(parameters: Parameters) -> str:
    """Return a release as people call it: 2025年第三季度（第2版）."""
    quarter = wording.quarter_name(parameters["quarter"])
    period = gettext("%(quarter)s %(year)s") % {"quarter": quarter, "year": parameters["year"]}
    return gettext("%(period)s (version %(version)s)") % {"period": period, "version": parameters["version"]}


class OneReleaseForm(ParametersForm):
    """A release that the user may have a report of."""

    release = ReleaseField(label=_("Release"), queryset=Release.objects.none(), empty_label=None)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        field: Any = self.fields["release"]
        visible: Any = self.releases(user)
        field.queryset = visible.light().select_related("plan")
        field.queryset = field.queryset.order_by("-plan__year", "-quarter", "-version")

    def releases(self, user: User) -> QuerySet[Release]:
        return Release.objects.visible_to(user)

    def nothing_yet(self) -> str:
        field: Any = self.fields["release"]
        if field.queryset.exists():
            return ""
        return gettext("No quarter has been released yet; this report is made of a release.")

    @classmethod
    def scheduled(cls, user: User, occasion: Occasion) -> Parameters | None:
        return parameters_of(occasion.release) if occasion.release else None

    @classmethod
    def words(cls, parameters: Parameters) -> str:
        return release_name(parameters)

    def parameters(self) -> dict[str, Any]:
        return parameters_of(self.cleaned_data["release"])


def parameters_of(release: Release) -> dict[str, Any]:
    """Return the parameters that name a release."""
    return {
        "release": release.pk,
        "plan": release.plan_id,
        "year": release.plan.year,
        "quarter": release.quarter,
        "version": release.version,
    }


class ReleaseForm(OneReleaseForm):
    """A release, whole, for the person who asks or for circulation."""

    reach = forms.ChoiceField(
        label=_("For whom"), choices=REACHES, widget=forms.RadioSelect, initial=INTERNAL
    )

    @classmethod
    def scheduled(cls, user: User, occasion: Occasion) -> Parameters | None:
        own = super().scheduled(user, occasion)
        return own and {**own, "reach": occasion.reach}

    @classmethod
    def words(cls, parameters: Parameters) -> str:
        named = release_name(parameters)
        if parameters.get("reach", INTERNAL) == INTERNAL:
            return named
        return gettext("%(release)s, for circulation") % {"release": named}

    def parameters(self) -> dict[str, Any]:
        return super().parameters() | {"reach": self.cleaned_data["reach"]}


class SchoolReleaseForm(OneReleaseForm):
    """A release for one school: its own people have it, and the bureau's leaders."""

    school = forms.ModelChoiceField(label=_("School"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        field: Any = self.fields["school"]
        field.queryset = Organisation.objects.visible_to(user).filter(kind="school").order_by("sort_key")
        if is_school_member(user):
            self.initial["school"] = user.organisation_id
            field.empty_label = None

    @classmethod
    def offered_to(cls, user: User) -> bool:
        return bool(is_school_member(user) or audience_of(user).sees_all)

    def releases(self, user: User) -> QuerySet[Release]:
        if is_school_member(user):
            return Release.objects.filter(
                plan__in=AnnualPlan.objects.visible_to(user).order_by().values("pk")
            )
        return Release.objects.visible_to(user)

    @classmethod
    def scheduled(cls, user: User, occasion: Occasion) -> Parameters | None:
        own = super().scheduled(user, occasion)
        if own is None or user.organisation is None or not is_school_member(user):
            return None
        return {**own, "school": user.organisation_id, "school_name": user.organisation.name}

    @classmethod
    def words(cls, parameters: Parameters) -> str:
        return f"{release_name(parameters)} · {parameters['school_name']}"

    def parameters(self) -> dict[str, Any]:
        school = self.cleaned_data["school"]
        return super().parameters() | {"school": school.pk, "school_name": school.name}


class Reader:
    """What one user may have, asked once for a whole list of reports."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.key = reader_key(user)

    @cached_property
    def audience(self) -> Audience:
        return audience_of(self.user)

    @cached_property
    def plans(self) -> frozenset[int]:
        plans = AnnualPlan.objects.visible_to(self.user).order_by()
        return frozenset(plans.values_list("pk", flat=True))


def reader_key(user: User) -> tuple[object, ...]:
    return user.role, user.organisation_id, user.region_id, user.is_active


def reader_of(user: User) -> Reader:
    """Return the reader that a user object is; kept on that object as long as the role stays."""
    known: Reader | None = user.__dict__.get("_report_reader")
    if known is None or known.key != reader_key(user):
        known = user.__dict__["_report_reader"] = Reader(user)
    return known


def wanted_audience(user: User, parameters: Parameters) -> Audience | None:
    """Return whom the content is for; None when it is not for this user (two queries a user object)."""
    reader = reader_of(user)
    if parameters.get("plan") not in reader.plans:
        return None
    if "school" in parameters:
        wanted = Audience(school_id=parameters["school"])
        is_here = is_bureau_member(user) or is_school_member(user)
    else:
        wanted = reader.audience if parameters.get("reach", INTERNAL) == INTERNAL else CIRCULATION
        is_here = is_bureau_member(user)
    return wanted if is_here and may_read(user, wanted) else None


def release_audience(user: User, parameters: Parameters) -> str | None:
    """Return the key of the audience, for `@report`."""
    wanted = wanted_audience(user, parameters)
    return wanted.key if wanted else None


def release_sha256(user: User, parameters: Parameters) -> str:
    """Return what a release is cited by, for `@report`; a release never changes."""
    rows = Release.objects.filter(pk=parameters["release"]).values_list("sha256", flat=True)
    return rows.first() or ""


def edition_for(request: BuildRequest) -> Edition:
    """Return the release of a request, as its audience may read it."""
    release = Release.objects.filter(pk=request.parameters["release"]).first()
    wanted = wanted_audience(request.asked_by, request.parameters)
    if release is None or wanted is None or wanted.key != request.audience:
        raise JobFailure(gettext("This release is not there for you."))
    return edition_of(release, wanted)
