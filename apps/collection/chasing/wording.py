"""What notices and digests say, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext, ngettext

from apps.collection.chasing.enums import NoticeKind
from apps.core.templatetags.lusong import local_text, quarter_name

if TYPE_CHECKING:
    from apps.collection.chasing.missing import Missing
    from apps.collection.models import Notice, Period

NAMED = 20


def period_name(period: Period) -> str:
    """Return year and quarter, as in 2025年第四季度."""
    return gettext("%(quarter)s %(year)s") % {
        "quarter": quarter_name(period.quarter),
        "year": period.plan.year,
    }


def notice_title(notice: Notice) -> str:
    """Return what a notice is about, in one line."""
    words = {"period": period_name(notice.period), "due": notice.due_on.isoformat() if notice.due_on else ""}
    return _TITLES[NoticeKind(notice.kind)]() % words


_TITLES = {
    NoticeKind.REMINDER: lambda: gettext("The return for %(period)s is due on %(due)s"),
    NoticeKind.OVERDUE: lambda: gettext("The return for %(period)s was due on %(due)s and has not arrived"),
    NoticeKind.RETURNED: lambda: gettext("Facts of %(period)s were returned for correction"),
    NoticeKind.REOPENED: lambda: gettext("The return for %(period)s was reopened for a correction"),
    NoticeKind.EXTENDED: lambda: gettext("The return for %(period)s is now due on %(due)s"),
    NoticeKind.ORDER: lambda: gettext("A supervision order was issued about the return for %(period)s"),
}


def notice_text(notice: Notice) -> tuple[str, str]:
    """Return subject and body of a notice as an e-mail. The platform is named, no address of it is sent."""
    title = notice_title(notice)
    lines = [
        gettext("%(name)s, hello:") % {"name": local_text(notice.organisation)},
        "",
        f"{title}{gettext('.')}",
    ]
    if notice.text:
        lines += [notice.text]
    lines += ["", gettext("Log in to the Lusong Education Target Tracker to see it.")]
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


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
