"""The machine under the platform in words: broker, queues, disk, backups, failed jobs, and what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.core import heartbeats
from apps.core.jobs.enums import JobState
from apps.core.models import Job
from apps.core.reading import REPLICA
from lusong_edu.health import checks
from lusong_edu.replica.following import GONE, LAGGING, PROMOTED, WELL, State, follower

BACKUP_PATIENCE = dt.timedelta(hours=26)
VERIFICATION_PATIENCE = dt.timedelta(days=8)
FAILURES_OF = dt.timedelta(hours=24)
LONG_QUEUE = 200
QUEUE_NAMES = {"rollup": _("results"), "reports": _("reports"), "default": _("everything else")}


@dataclass(frozen=True)
class Part:
    """One part of the machine: what it is, how it is in words, and, unless it is well, what to do."""

    label: str
    words: str
    remedy: str = ""

    @property
    def is_well(self) -> bool:
        return not self.remedy


def machinery(ages: Mapping[str, dt.timedelta]) -> Sequence[Part]:
    """Return the parts of the machine; `ages` are those of the signs of life (1 query)."""
    return [_broker(), *_replica(), _disk(), _backup(ages), _verification(ages), _jobs()]


def _broker() -> Part:
    label = gettext("Message broker (Redis) and its queues")
    lengths = checks.queue_lengths()
    if not lengths:
        return Part(
            label,
            gettext("cannot be reached"),
            gettext(
                "People can go on working and nothing is lost; start Redis again "
                "(systemctl restart redis-server): the numbers then arrive by themselves."
            ),
        )
    words = gettext(", ").join(f"{QUEUE_NAMES[queue]} {length}" for queue, length in lengths.items())
    said = gettext("tasks waiting: %(queues)s") % {"queues": words}
    if max(lengths.values()) < LONG_QUEUE:
        return Part(label, said)
    return Part(
        label,
        said,
        gettext(
            "Look whether every worker above shows life and start a silent one again "
            "(systemctl restart lusong-worker); if all do, give the worker more processes."
        ),
    )


def _replica() -> Iterator[Part]:
    """The replica that answers pages, where one is configured."""
    if REPLICA not in settings.DATABASES:
        return
    state = follower.state()
    yield Part(gettext("Replica that answers pages"), _replica_words(state), _replica_remedy(state.word))


def _replica_words(state: State) -> str:
    if state.word == LAGGING and state.lag:
        return gettext("%(seconds)s s behind; pages are read from the primary") % {
            "seconds": round(state.lag.least)
        }
    if state.word == WELL and state.lag:
        return gettext("answers, at most %(seconds)s s behind") % {"seconds": round(state.lag.most)}
    words = {
        GONE: gettext("cannot be reached; pages are read from the primary"),
        PROMOTED: gettext("is no replica any more; pages are read from the primary"),
    }
    return words.get(state.word, gettext("not known yet; pages are read from the primary"))


def _replica_remedy(word: str) -> str:
    """Nothing is lost without it, only slower."""
    remedies = {
        GONE: gettext("Start PostgreSQL on the replica's host; pages use it again by themselves."),
        LAGGING: gettext(
            "Look on the replica whether it still receives (pg_stat_wal_receiver) and whether its disk "
            "keeps up."
        ),
        PROMOTED: gettext(
            "It was made a server of its own: set it up again as a replica (pg_basebackup -R), or unset "
            "REPLICA_DATABASE_URL."
        ),
    }
    return remedies.get(word, "")


def _disk() -> Part:
    total, _used, free = checks.disk_usage()
    words = gettext("%(free)s of %(total)s free") % {
        "free": filesizeformat(free),
        "total": filesizeformat(total),
    }
    if checks.check_disk().is_well:
        return Part(gettext("Disk of the uploads"), words)
    return Part(
        gettext("Disk of the uploads"),
        words,
        gettext("Make room or enlarge the disk: when it is full, uploads, reports and backups are refused."),
    )


def _backup(ages: Mapping[str, dt.timedelta]) -> Part:
    return _by_age(
        gettext("Last backup"),
        ages.get(heartbeats.BACKUP),
        BACKUP_PATIENCE,
        gettext("Look into the log of the nightly backup (journalctl -u lusong-backup) and run it by hand."),
    )


def _verification(ages: Mapping[str, dt.timedelta]) -> Part:
    return _by_age(
        gettext("Last backup verified by restoring it"),
        ages.get(heartbeats.BACKUP_VERIFIED),
        VERIFICATION_PATIENCE,
        gettext("Run manage.py verify_backup on the newest backup: one that was never restored is a hope."),
    )


def _by_age(label: str, age: dt.timedelta | None, patience: dt.timedelta, remedy: str) -> Part:
    if age is None:
        return Part(label, gettext("never"), remedy)
    at = timezone.localtime(timezone.now() - age)
    return Part(label, at.strftime("%Y-%m-%d %H:%M"), "" if heartbeats.is_fresh(age, patience) else remedy)


def _jobs() -> Part:
    label = gettext("Files made in the background")
    since = timezone.now() - FAILURES_OF
    count = Job.objects.filter(state=JobState.FAILED, finished_at__gte=since).count()
    if not count:
        return Part(label, gettext("none failed in the last 24 hours"))
    said = ngettext(
        "%(count)s failed in the last 24 hours", "%(count)s failed in the last 24 hours", count
    ) % {"count": count}
    return Part(
        label,
        said,
        gettext(
            "Whoever asked sees why and can try again. If the reason is a fault in the platform, "
            "look for the number of the job in the worker's log (journalctl -u lusong-worker)."
        ),
    )
