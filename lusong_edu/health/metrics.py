"""Prometheus metrics: what processes count themselves, and what is read when somebody asks.

With PROMETHEUS_MULTIPROC_DIR set, before the programs start, all processes of a machine count together
in that folder; without it each answer tells of its own process only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from apps.core import heartbeats
from apps.core.models import Job
from apps.core.reading import REPLICA
from apps.rollups.models import StaleResult
from lusong_edu.replica.following import follower

from . import checks

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
COUNTED = CollectorRegistry()
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
REQUESTS = Counter("lusong_requests", "Requests answered", ["method", "view", "status"], registry=COUNTED)
REQUEST_SECONDS = Histogram(
    "lusong_request_seconds", "Time to answer", ["view"], buckets=SECONDS, registry=COUNTED
)
PAGE_READS = Counter(
    "lusong_page_reads",
    "Pages that a replica may answer, by database and why not it",
    ["database", "reason"],
    registry=COUNTED,
)
TASKS = Counter("lusong_tasks", "Background tasks ended", ["task", "state"], registry=COUNTED)
TASK_SECONDS = Histogram(
    "lusong_task_seconds",
    "Time of a background task",
    ["task"],
    buckets=(*SECONDS, 120, 600),
    registry=COUNTED,
)


def exposition() -> bytes:
    """Everything in Prometheus' text format."""
    return counted() + read_now()


def counted() -> bytes:
    """What this machine's processes have counted."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return bytes(generate_latest(COUNTED))
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return bytes(generate_latest(registry))


def read_now() -> bytes:
    """What database, Redis and disk say at this moment."""
    registry = CollectorRegistry()
    registry.register(StateCollector())
    return bytes(generate_latest(registry))


class StateCollector(Collector):
    """Gauges that belong to no process."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = checks.all_checks()
        yield gauge("check_ok", "1: well, 0: not", "check", {one.name: int(one.is_well) for one in found})
        yield gauge("queue_length", "Tasks waiting", "queue", checks.queue_lengths())
        yield from of_replica()
        yield GaugeMetricFamily("lusong_disk_free_bytes", "Room for uploads", value=checks.disk_usage()[2])
        if found[0].is_well:
            try:
                yield from list(self._of_database())
            except DatabaseError:  # gone meanwhile, or not migrated: check_ok says so
                return

    def _of_database(self) -> Iterator[GaugeMetricFamily]:
        ages = {name: age.total_seconds() for name, age in heartbeats.ages().items()}
        yield gauge("heartbeat_age_seconds", "Since the last sign of life", "name", ages)
        oldest = checks.oldest_stale()
        seconds = oldest.total_seconds() if oldest else 0
        yield GaugeMetricFamily("lusong_stale_oldest_seconds", "Oldest result that waits", value=seconds)
        waiting = StaleResult.objects.count()
        yield GaugeMetricFamily("lusong_stale_results", "Entries of the outbox", value=waiting)
        states = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
        yield gauge("jobs", "Jobs by state", "state", states)


def of_replica() -> Iterator[GaugeMetricFamily]:
    """How many seconds the replica is behind at least; nothing while that is not known."""
    if REPLICA in settings.DATABASES and (lag := follower.state().lag):
        yield GaugeMetricFamily("lusong_replica_lag_seconds", "The replica is behind", value=lag.least)


def gauge(name: str, words: str, label: str, values: dict[str, int] | dict[str, float]) -> GaugeMetricFamily:
    """A gauge with one label."""
    family = GaugeMetricFamily(f"lusong_{name}", words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
