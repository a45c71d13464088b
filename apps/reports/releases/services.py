"""Every write to releases and to the bureau's own words in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.core import clock
from apps.plans.models import AnnualPlan, TaskArea
from apps.reports.releases import canonical
from apps.reports.releases.content import content_of
from apps.reports.releases.models import Release, ReleaseText
from apps.reports.releases.permissions import releases, writes_texts
from apps.reports.releases.snapshot import one_moment

FASTER = gettext_lazy("Somebody else has released this quarter meanwhile. Look at that version first.")


def draft_content(*, plan: AnnualPlan, quarter: int) -> dict[str, Any]:
    """Return a quarter as a release made now would freeze it, for looking at before it is made."""
    with one_moment():
        return content_of(plan, quarter=quarter, version=0)


def release_make(
    *,
    plan: AnnualPlan,
    quarter: int,
    by: User,
    reason: str = "",
    notes: str = "",
    version: int | None = None,
    inspect: Callable[[], Sequence[dict[str, Any]]],
) -> Release:
    """Freeze a quarter as its next version.

    What people ask for goes through `freezing.release_freeze`, whose `inspect` is the checklist; there is no
    default, so that nobody passes it by without saying so.

    Args:
        reason: why there is a new version; needed from the second on.
        version: the one that `by` expects to make; None makes whichever is next.
        inspect: looks at the same moment and returns what the release keeps of it, or raises to stop it.

    Raises:
        PermissionDenied: `by` does not release for this region.
        ValidationError: a new version without its reason; somebody else was faster.
    """
    if not releases(by, plan):
        raise PermissionDenied
    try:
        with one_moment():
            if version not in (None, next_version(plan, quarter)):
                raise ValidationError(FASTER)
            return _frozen(plan, quarter, by, reason.strip(), notes.strip(), inspect)
    except IntegrityError as error:
        if Release.objects.filter(plan=plan, quarter=quarter).exists():
            raise ValidationError(FASTER) from error
        raise


def _frozen(
    plan: AnnualPlan, quarter: int, by: User, reason: str, notes: str, inspect: Callable[[], Any]
) -> Release:
    plan = AnnualPlan.objects.select_related("region", "policy").get(pk=plan.pk)  # as of this moment
    version = next_version(plan, quarter)
    if version > 1 and not reason:
        raise ValidationError({"reason": _("Say why a new version is made.")})
    checklist = list(inspect())
    content = canonical.text_of(content_of(plan, quarter=quarter, version=version))
    return Release.objects.create(
        plan=plan,
        quarter=quarter,
        version=version,
        content=content,
        sha256=canonical.sha256_of(content),
        business_date=clock.today(),
        released_by=by,
        reason=reason,
        notes=notes,
        checklist=checklist,
    )


def next_version(plan: AnnualPlan, quarter: int) -> int:
    """Return the next version; two people releasing at once meet the constraint, and one of them is told."""
    own = Release.objects.filter(plan=plan, quarter=quarter).order_by("-version")
    return (own.values_list("version", flat=True).first() or 0) + 1


@transaction.atomic
def text_save(
    *,
    plan: AnnualPlan,
    quarter: int,
    kind: str,
    area: TaskArea | None,
    body: str,
    by: User,
    version: int | None = None,
) -> ReleaseText:
    """Keep what the bureau writes itself for a quarter; an empty text is kept as none.

    Args:
        version: the version that the writer saw (0: none was there); None overwrites.

    Raises:
        PermissionDenied: `by` writes no text for this area.
        ValidationError: somebody else has changed it meanwhile.
    """
    if not writes_texts(by, area or plan):
        raise PermissionDenied
    own = ReleaseText.objects.select_for_update().filter(plan=plan, quarter=quarter, area=area, kind=kind)
    text = own.first()
    if version is not None and version != (text.version if text else 0):
        raise ValidationError({"body": _("Somebody else has changed this text meanwhile.")})
    if text is None:
        text = ReleaseText(plan=plan, quarter=quarter, area=area, kind=kind, version=0)
    text.body, text.updated_by = body.strip(), by
    text.version += 1
    text.save()
    return text
