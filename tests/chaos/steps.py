"""The steps of the work: each is prepared, done by a person while something dies, tried again, and judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import openpyxl
import requests

from .people import Person
from .world import World, patiently, until


@dataclass
class Verdict:
    """What a blow cost: work that was confirmed and is not there; work that counts twice."""

    lost: int = 0
    doubled: int = 0


class Step:
    """One step. `press` returns True when the person was told that it is done."""

    def __init__(self, world: World) -> None:
        self.world = world

    def press(self) -> bool:
        raise NotImplementedError

    def is_done(self) -> bool:
        raise NotImplementedError

    def verdict(self, told: bool) -> Verdict:
        """Judged once it is done; `told` before the blow was seen."""
        return Verdict()


class Submit(Step):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.submission, reporter = world.draft()
        self.person = Person(reporter, world.home)

    def press(self) -> bool:
        path = "/collection/2025/1/"
        fields = self.person.form(path, "//form[@data-return-form]")
        return self.person.send(path, fields | {"action": "submit"})

    def is_done(self) -> bool:
        self.submission.refresh_from_db()
        return self.submission.status == "submitted"

    def verdict(self, told: bool) -> Verdict:
        from apps.collection.models import DataValueRevision

        rows = DataValueRevision.objects.filter(value__submission=self.submission)
        times = Counter(rows.values_list("value_id", flat=True))
        reviews = Counter(self.submission.reviews.values_list("office_id", flat=True))
        twice = [n for n in (*times.values(), *reviews.values()) if n > 1]
        return Verdict(lost=int(not times or len(reviews) != 2), doubled=len(twice))


class Accept(Step):
    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.submission, _reporter = world.submitted()
        self.review = self.submission.reviews.get(office=world.district.staff)
        self.person = Person(world.district.staff_user, world.home)

    def press(self) -> bool:
        path = f"/reviews/{self.review.pk}/"
        fields = self.person.form(path, "//form[.//*[@name='action' and @value='accept']]")
        return self.person.send(path, fields | {"action": "accept"})

    def is_done(self) -> bool:
        self.review.refresh_from_db()
        return self.review.status == "accepted"

    def verdict(self, told: bool) -> Verdict:
        values = self.submission.values.filter(element__code__in=("certified", "visits"))
        return Verdict(lost=values.filter(accepted_at__isnull=True).count())


class Import(Step):
    """The workbook of a school, filled elsewhere, looked at and taken."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.submission, reporter = world.draft()
        self.person = Person(reporter, world.home)
        self.content = self._filled(self.person.fetch("/collection/2025/1/workbook.xlsx"))

    def _filled(self, content: bytes) -> bytes:
        book = openpyxl.load_workbook(BytesIO(content))
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value in (900, "900"):
                        cell.value = 950
        written = BytesIO()
        book.save(written)
        return written.getvalue()

    def press(self) -> bool:
        path = "/collection/2025/1/workbook/"
        token = self.person.form(path, "//form[.//input[@type='file']]")
        token.pop("file", None)
        if not self.person.send(path, token, file=("returns.xlsx", self.content)):
            return False
        preview = self.person.last.headers["Location"]
        fields = self.person.form(preview, "//main//form[@method='post' and not(.//input[@type='file'])]")
        return self.person.send(preview, fields)

    def is_done(self) -> bool:
        value = self.submission.values.get(element__code="pupils")
        return value.number == 950


class RollUp(Accept):
    """The acceptance is safe already; what dies, dies while the worker computes or before it does."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.before = self._numerator()

    def press(self) -> bool:
        return super().press() if not patiently(self.is_done_accepting) else True

    def is_done_accepting(self) -> bool:
        return super().is_done()

    def _numerator(self) -> Any:
        from apps.rollups.models import Result

        row = Result.objects.filter(
            indicator=self.world.district.indicators["visits"], period__quarter=1, slice_kind="all"
        ).first()
        return row.numerator if row else None

    def is_done(self) -> bool:
        return super().is_done() and self._numerator() != self.before


class Release(Step):
    """Freezing the quarter, by a person of the bureau, in a process of its own kind: the service itself."""

    def __init__(self, world: World) -> None:
        from apps.accounts.models import User
        from apps.reports.models import Release as Frozen
        from tests.factories import UserFactory

        super().__init__(world)
        self.by = User.objects.filter(role="leader").first() or UserFactory(
            role="leader", region=world.district.plan.region
        )
        self.before = Frozen.objects.count()

    def press(self) -> bool:
        from tests.support.releasing import release_make

        release_make(plan=self.world.district.plan, quarter=1, by=self.by, reason="示例")
        return True

    def is_done(self) -> bool:
        from apps.reports.models import Release as Frozen

        return Frozen.objects.count() > self.before

    def verdict(self, told: bool) -> Verdict:
        from apps.reports.models import Release as Frozen

        made = Frozen.objects.count() - self.before
        whole = all(row.sha256 and row.content for row in Frozen.objects.all())
        return Verdict(lost=int(not whole), doubled=max(made - 1, 0))


class Export(Step):
    """A workbook made in the background for a person of the bureau."""

    def __init__(self, world: World) -> None:
        from tests.factories import UserFactory

        super().__init__(world)
        self.by = UserFactory(role="leader", region=world.district.plan.region)

    def press(self) -> bool:
        from apps.core.jobs.services import job_request

        wanted = {"year": 2025, "quarter": 1}
        job_request(kind="overview-workbook", parameters=wanted, by=self.by, language="zh-hans")
        return True

    def is_done(self) -> bool:
        from apps.core.models import Job

        return Job.objects.filter(owner=self.by, state__in=("done", "failed")).exists()

    def verdict(self, told: bool) -> Verdict:
        from apps.core.models import Job

        jobs = Job.objects.filter(owner=self.by)
        until(lambda: not jobs.filter(state__in=("waiting", "running")).exists(), "the end of the job")
        return Verdict(lost=int(not jobs.filter(state="done").exists()), doubled=jobs.count() - 1)


STEPS: dict[str, type[Step]] = {
    "submit": Submit,
    "accept": Accept,
    "roll up": RollUp,
    "import": Import,
    "export": Export,
    "release": Release,
}
FAILED = (requests.RequestException,)
