"""What the pages of releases show: the archive, the preparation of a quarter, one release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.collection.models import Period
from apps.core import clock
from apps.dashboards import pages, selectors
from apps.dashboards.overview import Overview
from apps.plans.models import AnnualPlan, TaskArea
from apps.reports.releases import checklist
from apps.reports.releases.audience import audience_of
from apps.reports.releases.checklist_facts import checklist_of
from apps.reports.releases.checklist_words import Item, item_of, place_of
from apps.reports.releases.corrections import indicators_corrected
from apps.reports.releases.enums import TextKind
from apps.reports.releases.models import Release, ReleaseText
from apps.reports.releases.permissions import releases, writes_texts
from apps.reports.releases.services import next_version


@dataclass(frozen=True)
class QuarterRow:
    """A quarter of the archive with its versions, the newest first."""

    period: Period
    versions: Sequence[Release]
    is_over: bool
    is_corrected: bool

    @property
    def latest(self) -> Release | None:
        return self.versions[0] if self.versions else None


def releases_of(plan: AnnualPlan, user: User) -> list[Release]:
    """Return a plan's releases without their content, the newest first."""
    found = Release.objects.visible_to(user).filter(plan=plan).light()
    return list(found.select_related("plan", "released_by").order_by("-quarter", "-version"))


def all_releases(user: User) -> list[Release]:
    """Return every release that a person may see without its content, the newest first."""
    found = Release.objects.visible_to(user).light().select_related("plan")
    return list(found.order_by("-plan__year", "-quarter", "-version"))


def releases_for_school(user: User) -> list[Release]:
    """Return the latest version of each released quarter of the plans that a school's people may see."""
    plans = AnnualPlan.objects.visible_to(user).order_by().values("pk")
    found = Release.objects.filter(plan__in=plans).light().latest_versions().select_related("plan")
    return list(found.order_by("-plan__year", "-quarter"))


def archive_of(plan: AnnualPlan, user: User) -> list[QuarterRow]:
    """Return the plan's quarters, the newest first (three queries, one more a quarter that is released)."""
    versions: dict[int, list[Release]] = defaultdict(list)
    for release in releases_of(plan, user):
        versions[release.quarter].append(release)
    today = clock.today()
    return [
        QuarterRow(
            period=period,
            versions=versions[period.quarter],
            is_over=period.ends_on < today,
            is_corrected=any(indicators_corrected(one) for one in versions[period.quarter][:1]),
        )
        for period in Period.objects.filter(plan=plan).order_by("-quarter")
    ]


@dataclass(frozen=True)
class TextRow:
    """What the bureau writes itself for one area (None: the whole), and whether this person may."""

    area: TaskArea | None
    texts: dict[str, ReleaseText]
    may_write: bool

    @property
    def judgement(self) -> ReleaseText | None:
        return self.texts.get(TextKind.JUDGEMENT)

    @property
    def next_steps(self) -> ReleaseText | None:
        return self.texts.get(TextKind.NEXT_STEPS)

    @property
    def written(self) -> list[ReleaseText]:
        """The texts that are not empty, in their order."""
        return [text for text in (self.judgement, self.next_steps) if text is not None and text.body]

    @property
    def number(self) -> int:
        return self.area.number if self.area else 0


def text_rows(plan: AnnualPlan, quarter: int, user: User) -> list[TextRow]:
    """Return the bureau's own texts of a quarter, the whole first (two queries, some for permissions)."""
    texts: dict[int | None, dict[str, ReleaseText]] = defaultdict(dict)
    for text in ReleaseText.objects.filter(plan=plan, quarter=quarter).select_related("updated_by"):
        texts[text.area_id][text.kind] = text
    areas = TaskArea.objects.filter(plan=plan).select_related("lead_office", "plan").order_by("number")
    whole = TextRow(None, texts[None], writes_texts(user, plan))
    return [whole, *(TextRow(area, texts[area.pk], writes_texts(user, area)) for area in areas)]


@dataclass(frozen=True)
class PreparingPage:
    """A quarter before its next version: what the checklist says, the state in a sentence, the texts."""

    plan: AnnualPlan
    period: Period
    overview: Overview
    items: Sequence[Item]
    texts: Sequence[TextRow]
    versions: Sequence[Release]
    version: int
    may_release: bool

    @property
    def errors(self) -> list[Item]:
        return [item for item in self.items if item.is_error]

    @property
    def warnings(self) -> list[Item]:
        return [item for item in self.items if not item.is_error]

    @property
    def n_written(self) -> int:
        return sum(bool(row.written) for row in self.texts)


def preparing_page(plan: AnnualPlan, period: Period, user: User) -> PreparingPage:
    """Return what a person sees of a quarter in preparation (a constant number of queries)."""
    scope = selectors.scope_of(user, plan=plan, quarter=period.quarter)
    found = checklist_of(plan, quarter=period.quarter, by=user)
    audience = audience_of(user)
    items = [
        item_of(
            finding,
            audience=audience,
            href=place_of(finding, plan=plan, quarter=period.quarter, user=user),
        )
        for finding in found
    ]
    versions = [one for one in releases_of(plan, user) if one.quarter == period.quarter]
    return PreparingPage(
        plan=plan,
        period=period,
        overview=pages.overview_page(scope).overview,
        items=items,
        texts=text_rows(plan, period.quarter, user),
        versions=versions,
        version=next_version(plan, period.quarter),
        may_release=releases(user, plan),
    )


def kept_items(release: Release, user: User) -> list[Item]:
    """Return the warnings that a release was made with, in words."""
    audience = audience_of(user)
    return [item_of(checklist.as_kept(row), audience=audience) for row in release.checklist]
