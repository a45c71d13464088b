"""What is not a kill: a broker that freezes or delivers twice, clocks that jump, a full disk, two at once."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from .blows import Row, _press
from .people import Person
from .steps import Accept, Release, RollUp, Submit
from .victims import VICTIMS
from .without_redis import SLOWEST, redis_gone
from .world import World, doubled_notices, patiently, until, wrong_results


def frozen_redis(world: World, length: float) -> Row:
    """Redis takes connections and answers nothing for `length` seconds while people work; then it goes on."""
    steps = [Submit(world), Accept(world), RollUp(world)]
    pids = VICTIMS["redis"](world.folder)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    begun = time.monotonic()
    try:
        told = [_press(step) for step in steps]
        slowest = (time.monotonic() - begun) / len(steps)
        time.sleep(max(0.0, length - (time.monotonic() - begun)))
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    begun = time.monotonic()
    until(steps[2].is_done, "the numbers after Redis is back")
    seconds = time.monotonic() - begun
    lost = told.count(False) + len(wrong_results(world.district.plan)) + int(slowest > SLOWEST)
    words = f"people worked on, {slowest:.1f} s a step"
    return Row("work", f"redis frozen {length:.0f} s", words, lost, 0, doubled_notices(), seconds)


def delivered_twice(world: World) -> Row:
    """Each message of an acceptance and of its refresh is sent three times at once."""
    from apps.rollups.tasks import refresh_stale, sweep_stale_results

    step = RollUp(world)
    begun = time.monotonic()
    _press(step)
    for _again in range(3):
        refresh_stale.delay()
        sweep_stale_results.delay()
    until(step.is_done, "the numbers")
    seconds = time.monotonic() - begun
    wrong = len(wrong_results(world.district.plan))
    return Row("roll up", "every message three times", "at once", 0, wrong, doubled_notices(), seconds)


def clock_jumps(world: World) -> Row:
    """The business date jumps on and back; what it brings is noted and told once."""
    from apps.collection.models import Notice, PeriodEvent
    from apps.collection.tasks import remind, watch_periods
    from apps.core.models import BusinessClock

    begun = time.monotonic()
    for date in (dt.date(2025, 4, 20), dt.date(2025, 4, 2), dt.date(2025, 4, 20), dt.date(2025, 4, 2)):
        BusinessClock.objects.update(fixed_date=date)
        watch_periods()
        remind()
    events = PeriodEvent.objects.count() - PeriodEvent.objects.values("period", "kind").distinct().count()
    steps = Notice.objects.filter(kind="reminder")
    told = steps.count() - steps.values("user", "organisation", "period", "step").distinct().count()
    wrong = len(wrong_results(world.district.plan))
    seconds = time.monotonic() - begun
    return Row("remind", "business date on and back twice", "at once", wrong, events, told, seconds)


def two_reviewers(world: World) -> Row:
    """Two colleagues of the office accept the same part at the same moment."""
    from apps.core.requests import NOWHERE  # noqa: F401 - loaded before the threads
    from tests.factories import UserFactory

    step = Accept(world)
    colleague = Person(UserFactory(organisation=world.district.staff, role="office"), world.home)
    path = f"/reviews/{step.review.pk}/"
    forms = [
        (person, person.form(path, "//form[.//*[@name='action' and @value='accept']]"))
        for person in (colleague, step.person)
    ]
    said: list[bool] = []
    threads = [
        threading.Thread(target=lambda p=person, f=form: said.append(p.send(path, f | {"action": "accept"})))
        for person, form in forms
    ]
    begun = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(step.is_done, "the acceptance")
    seconds = time.monotonic() - begun
    wrong = len(wrong_results(world.district.plan))
    words = f"{said.count(True)} told it is done"
    return Row("accept", "two at once", words, wrong, 0, doubled_notices(), seconds)


def accept_during_release(world: World) -> Row:
    """An acceptance while the quarter is frozen is wholly in the release or wholly not."""
    from apps.reports.models import Release as Frozen

    accept, release = Accept(world), Release(world)
    begun = time.monotonic()
    threads = [threading.Thread(target=_press, args=(step,)) for step in (release, accept)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: accept.is_done() and release.is_done(), "both")
    seconds = time.monotonic() - begun
    frozen = Frozen.objects.order_by("-pk").first()
    frozen.refresh_from_db()  # its trigger refuses a text that its fingerprint does not fit
    wrong = len(wrong_results(world.district.plan))
    return Row("release", "an acceptance meanwhile", "at once", wrong, 0, doubled_notices(), seconds)


def full_disk(world: World) -> list[Row]:
    """Uploads and background files on a file system of 64 kB, where this account may mount one."""
    from django.conf import settings

    media = Path(settings.MEDIA_ROOT)
    media.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(media)], capture_output=True, check=False
    )
    if mounted.returncode:
        return [Row("upload", "disk full (not tried: no right to mount)", "–", 0, 0, 0, 0.0)]
    try:
        return [_full_upload(world, media), _full_export(world, media)]
    finally:
        subprocess.run(["umount", str(media)], check=True)


def _full_upload(world: World, media: Path) -> Row:
    submission, reporter = world.draft()
    person = Person(reporter, world.home)
    begun = time.monotonic()
    fields = person.form("/collection/2025/1/", "//form[@data-return-form]")
    picture = SimpleUploadedFile("a.png", _png(200_000)).read()
    answer = person.session.post(
        f"{world.home}/collection/2025/1/evidence/",
        data=fields,
        files={"file": ("a.png", picture, "image/png"), "files": ("a.png", picture, "image/png")},
        headers={"Referer": world.home},
        timeout=20,
    )
    left = [path for path in media.rglob("*") if path.is_file()]
    lost = int(answer.status_code >= 500) + len(left) + submission.evidence.count()
    words = f"refused with {answer.status_code}"
    return Row("upload", "disk full", words, lost, 0, 0, time.monotonic() - begun)


def _full_export(world: World, media: Path) -> Row:
    from apps.core.models import Job
    from tests.chaos.steps import Export

    (media / "ballast").write_bytes(b"x" * 60_000)
    step = Export(world)
    begun = time.monotonic()
    step.press()
    until(step.is_done, "the end of the job")
    job = Job.objects.get(owner=step.by)
    left = [path for path in media.rglob("*") if path.is_file() and path.name != "ballast"]
    (media / "ballast").unlink()
    words = "failed in words" if job.state == "failed" and job.error else job.state
    return Row("export", "disk full", words, len(left), 0, 0, time.monotonic() - begun)


def _png(size: int) -> bytes:
    """A real picture that does not compress."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    side = int((size / 3) ** 0.5)
    rows = b"".join(b"\0" + os.urandom(side * 3) for _ in range(side))
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 0))
        + chunk(b"IEND", b"")
    )


def all_disasters(world: World, length: float) -> Iterator[Row]:
    """Every disaster in turn; Redis is away for `length` seconds, twice."""
    yield two_reviewers(world)
    yield accept_during_release(world)
    yield delivered_twice(world)
    yield frozen_redis(world, length)
    yield redis_gone(world, length)
    yield from full_disk(world)
    yield patiently(lambda: clock_jumps(world))
    connection.close()
