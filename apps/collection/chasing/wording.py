"""What notices and digests say, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language, gettext, ngettext

from apps.collection.chasing.enums import NoticeKind, OrderSubject
from apps.core.templatetags.lusong import local_text, quarter_name

if TYPE_CHECKING:
    from apps.collection.chasing.due_measures import DueMeasure
    from apps.collection.chasing.missing import Missing
    from apps.collection.models import Notice, Period
    from apps.plans.models import AnnualPlan, Measure, MeasureStep

NAMED = 20
# Their text is in their title.
NAMED_BY_TEXT = (NoticeKind.REPORT, NoticeKind.CORRECTED)


def period_name(period: Period) -> str:
    """Return year and quarter, as in 2025年第四季度."""
    return gettext("%(quarter)s %(year)s") % {
        "quarter": quarter_name(period.quarter),
        "year": period.plan.year,
    }


def notice_title(notice: Notice) -> str:
    """Return what a notice is about, in one line."""
    words = {
        "period": period_name(notice.period),
        "due": notice.due_on.isoformat() if notice.due_on else "",
        "report": notice.text,
        "number": notice.order.number if notice.order else "",
    }
    kind = NoticeKind(notice.kind)
    if notice.measure is not None:
        words["what"] = measure_name(notice.measure, notice.measure_step)
        return _MEASURE_TITLES[kind]() % words
    if kind == NoticeKind.ORDER and notice.order and notice.order.subject != OrderSubject.RETURN:
        return gettext("Supervision order no. %(number)s was issued about what is behind") % words
    return _TITLES[kind]() % words


def measure_name(measure: Measure, step: MeasureStep | None) -> str:
    """Return what is due: the measure by its name, or one of its steps."""
    name = gettext("measure “%(name)s”") % {"name": local_text(measure)}
    if step is None:
        return name
    return gettext("step “%(step)s” of the %(measure)s") % {"step": step.name, "measure": name}


_TITLES = {
    NoticeKind.REMINDER: lambda: gettext("The return for %(period)s is due on %(due)s"),
    NoticeKind.OVERDUE: lambda: gettext("The return for %(period)s was due on %(due)s and has not arrived"),
    NoticeKind.RETURNED: lambda: gettext("Facts of %(period)s were returned for correction"),
    NoticeKind.REOPENED: lambda: gettext("The return for %(period)s was reopened for a correction"),
    NoticeKind.EXTENDED: lambda: gettext("The return for %(period)s is now due on %(due)s"),
    NoticeKind.ANSWERED: lambda: gettext("Supervision order no. %(number)s was answered"),
    NoticeKind.REPORT: lambda: gettext("The report “%(report)s” is ready"),
    NoticeKind.CORRECTED: lambda: gettext("Figures of the release %(report)s have been corrected"),
    NoticeKind.ORDER: lambda: gettext("A supervision order was issued about the return for %(period)s"),
}


_MEASURE_TITLES = {
    NoticeKind.MEASURE: lambda: gettext("Due on %(due)s: %(what)s"),
    NoticeKind.MEASURE_LATE: lambda: gettext("Overdue since %(due)s: %(what)s"),
    NoticeKind.ORDER: lambda: gettext("A supervision order was issued about the %(what)s"),
}


def notice_text(notice: Notice) -> tuple[str, str]:
    """Return subject and body of a notice as an e-mail.

    The platform is named; its address is sent only with a report, and only where the operator has set one.
    """
    title = notice_title(notice)
    who = local_text(notice.organisation) if notice.organisation else notice.user.name
    lines = [gettext("%(name)s, hello:") % {"name": who}, "", f"{title}{gettext('.')}"]
    if notice.text and notice.kind not in NAMED_BY_TEXT:
        lines += [notice.text]
    lines += ["", gettext("Log in to the Lusong Education Target Tracker to see it.")]
    if notice.link and settings.PUBLIC_URL:
        lines += [f"{settings.PUBLIC_URL}{notice.link}"]
    return title, "\n".join(lines)


def digest_text(period: Period, missing: Sequence[Missing]) -> tuple[str, str]:
    """Return subject and body of a group's digest: how many are missing, and the first of them by name."""
    subject = gettext("Reporting for %(period)s") % {"period": period_name(period)}
    count = len(missing)
    head = ngettext(
        "%(count)s return has not arrived yet:", "%(count)s returns have not arrived yet:", count
    ) % {"count": count}
    comma = gettext(", ")
    names = comma.join(local_text(one.organisation) for one in missing[:NAMED])
    if count > NAMED:
        names += gettext(" and %(count)s more") % {"count": count - NAMED}
    return subject, f"{head}\n{names}{gettext('.')}"


def measures_digest(plan: AnnualPlan, due: Sequence[DueMeasure]) -> tuple[str, str]:
    """Return subject and body of a group's digest of measures: which are due or overdue, by office."""
    subject = gettext("Measures of %(year)s") % {"year": plan.year}
    lines = [
        gettext("%(office)s: %(what)s, due on %(due)s")
        % {
            "office": local_text(one.measure.lead_office),
            "what": measure_name(one.measure, one.step),
            "due": one.due_on.isoformat(),
        }
        for one in due[:NAMED]
    ]
    if len(due) > NAMED:
        lines.append(gettext("and %(count)s more measures") % {"count": len(due) - NAMED})
    return subject, "\n".join(lines)


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
