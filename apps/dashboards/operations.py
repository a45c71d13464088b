"""What runs by itself and how it is: workers, sweeps, periods, rebuilds. In words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.collection.models import PeriodEvent
from apps.core import heartbeats
from apps.core.models import Heartbeat
from apps.dashboards import machinery as machine
from apps.dashboards import wording
from apps.dashboards.bureau_state import Health, PeriodState, health_of, period_states
from apps.plans.enums import Privacy
from apps.plans.models import AnnualPlan
from apps.rollups.models import RebuildRun

LAST_RUNS = 10
MOST_DIFFERENCES = 50


@dataclass(frozen=True)
class Work:
    """A recurring work: what it is called, its heartbeat's name, and after how long its silence is odd."""

    name: str
    label: str | Promise
    every: str | Promise
    patience: dt.timedelta


MINUTES, HOURS = (lambda n: dt.timedelta(minutes=n)), (lambda n: dt.timedelta(hours=n))
START_PATIENCE, LONGEST_START = MINUTES(2), HOURS(2)
"""Its turn comes within so much time of a start; what runs each night is not waited for."""
WORKS = (
    Work(heartbeats.BEAT, _("Beat, which hands out what follows"), _("every few seconds"), MINUTES(1)),
    Work(heartbeats.QUEUE + "rollup", _("Worker for results"), _("every minute"), MINUTES(3)),
    Work(heartbeats.QUEUE + "default", _("Worker for everything else"), _("every minute"), MINUTES(3)),
    Work(heartbeats.QUEUE + "reports", _("Worker for reports"), _("every minute"), MINUTES(3)),
    Work(heartbeats.SWEEP, _("Sweep of the outbox"), _("every 20 seconds"), MINUTES(3)),
    Work(heartbeats.PERIODS, _("Watch over the periods"), _("every hour"), HOURS(2)),
    Work(heartbeats.CHASE, _("Reminders and messages"), _("every 15 minutes"), MINUTES(40)),
    Work(heartbeats.JOBS, _("Watch over files being made"), _("every 20 seconds"), MINUTES(3)),
    Work(heartbeats.SCHEDULES, _("Reports that come by themselves"), _("every 5 minutes"), MINUTES(15)),
    Work(heartbeats.REBUILD, _("Nightly full rebuild"), _("every night at 02:30"), HOURS(26)),
)


@dataclass(frozen=True)
class Sign:
    """The last sign of a work: well, silent for too long, never seen, or awaited after a start."""

    work: Work
    last: Heartbeat | None
    state: str

    @property
    def is_worker_unseen(self) -> bool:
        """Workers show life every minute; what runs each hour or night may not have had its turn yet."""
        return self.state == "never" and self.work.name.startswith((heartbeats.QUEUE, heartbeats.BEAT))

    @property
    def remedy(self) -> str:
        """What to do about a silent one."""
        if self.state != "silent" and not self.is_worker_unseen:
            return ""
        if self.work.name == heartbeats.BEAT:
            return gettext("Start it again: systemctl restart lusong-beat. Everything else waits for it.")
        return gettext(
            "Start the worker again: systemctl restart lusong-worker. What waits is then made up for."
        )


@dataclass(frozen=True)
class Run:
    """A full rebuild and its differences in words."""

    run: RebuildRun
    sentences: Sequence[str]

    @property
    def seconds(self) -> int:
        if self.run.finished_at is None:
            return 0
        return round((self.run.finished_at - self.run.started_at).total_seconds())

    @property
    def n_more(self) -> int:
        return len(self.run.differences) - len(self.sentences)


@dataclass(frozen=True)
class Operations:
    """The page of what runs by itself."""

    plan: AnnualPlan
    health: Health
    signs: Sequence[Sign]
    last_work: Heartbeat | None
    periods: Sequence[PeriodState]
    events: Sequence[PeriodEvent]
    runs: Sequence[Run]
    parts: Sequence[machine.Part]

    @property
    def is_well(self) -> bool:
        odd = [sign for sign in self.signs if sign.state == "silent" or sign.is_worker_unseen]
        return not odd and not self.is_stuck and all(part.is_well for part in self.parts)

    @property
    def is_starting(self) -> bool:
        return any(sign.state == "starting" for sign in self.signs)

    @property
    def is_stuck(self) -> bool:
        """Something has waited in the outbox for longer than a few sweeps take."""
        oldest = self.health.oldest_stale
        return oldest is not None and timezone.now() - oldest > MINUTES(5)


def operations_of(plan: AnnualPlan, *, today: dt.date) -> Operations:
    """Return how the machinery of a plan runs (10 queries)."""
    beats, ages = heartbeats.latest(), heartbeats.ages()
    events = PeriodEvent.objects.filter(period__plan=plan).select_related("period").order_by("-on", "-pk")
    runs = RebuildRun.objects.filter(plan=plan).select_related("requested_by")[:LAST_RUNS]
    names = dict(plan.indicators.values_list("code", "name_en" if not wording.is_chinese() else "name"))
    private = set(plan.indicators.exclude(privacy=Privacy.AGGREGATE).values_list("code", flat=True))
    return Operations(
        plan=plan,
        health=health_of(plan),
        signs=[_sign(work, beats.get(work.name), ages) for work in WORKS],
        last_work=beats.get(heartbeats.SWEEP_WITH_WORK),
        periods=period_states(plan, today=today),
        events=list(events),
        runs=[Run(run, _sentences(run, names, private)) for run in runs],
        parts=machine.machinery(ages),
    )


def _sign(work: Work, last: Heartbeat | None, ages: Mapping[str, dt.timedelta]) -> Sign:
    age, started = ages.get(work.name), ages.get(heartbeats.STARTED)
    if last is not None and age is not None and heartbeats.is_fresh(age, work.patience):
        return Sign(work, last, "well")
    patience = max(work.patience, START_PATIENCE)
    if started is not None and patience <= LONGEST_START and heartbeats.is_fresh(started, patience):
        return Sign(work, last, "starting")
    return Sign(work, last, "never" if last is None else "silent")


COLUMNS: dict[str, str | Promise] = {
    "as_of__quarter": _("quarter of the data"),
    "threshold": _("school-level line"),
    "n_due": _("units due"),
    "n_reported": _("units reported"),
    "n_not_applicable": _("units to which it does not apply"),
    "n_true": _("units that meet it"),
    "numerator": _("numerator"),
    "denominator": _("denominator"),
    "sum_ratio_squares": _("sum for the coefficient of variation"),
    "minimum": _("minimum"),
    "maximum": _("maximum"),
    "quarter_numerator": _("numerator of the quarter"),
    "quarter_denominator": _("denominator of the quarter"),
}


def _sentences(run: RebuildRun, names: dict[str, str], private: Collection[str]) -> list[str]:
    return [difference_text(row, names, private) for row in run.differences[:MOST_DIFFERENCES]]


def difference_text(row: dict[str, Any], names: dict[str, str], private: Collection[str] = ()) -> str:
    """Return one recorded difference as a sentence: which figure, what was stored, what is right.

    Args:
        private: codes of indicators whose numbers are not for whoever looks after the machinery.
    """
    which = gettext("%(code)s %(name)s, %(quarter)s, %(slice)s") % {
        "code": row["indicator"],
        "name": names.get(row["indicator"], ""),
        "quarter": wording.quarter_name(row["quarter"]),
        "slice": _slice_text(row),
    }
    stored, computed = row["stored"], row["computed"]
    if not stored:
        return gettext("%(which)s: the result was missing and has been added") % {"which": which}
    if not computed:
        return gettext("%(which)s: a result without any basis has been removed") % {"which": which}
    if row["indicator"] in private:
        return gettext("%(which)s: it differed and has been set right; its numbers are not shown here") % {
            "which": which
        }
    parts = [
        gettext("%(column)s was %(old)s, correct is %(new)s")
        % {"column": COLUMNS.get(name, name), "old": _plain(stored[name]), "new": _plain(computed[name])}
        for name in stored
    ]
    return gettext("%(which)s: %(parts)s") % {"which": which, "parts": gettext(", ").join(parts)}


def _plain(value: object) -> str:
    """Return a stored number without the zeros that its column adds."""
    text = "–" if value is None else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _slice_text(row: dict[str, Any]) -> str:
    from apps.dashboards.reading_cells import SLICE_CHOICES

    if not row["slice_value"]:
        return gettext("whole district")
    return str(SLICE_CHOICES[row["slice_kind"]](row["slice_value"]).label)
