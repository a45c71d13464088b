"""A program that accepts facts in an instance's database, told what to do line by line.

python -m tests.ops.acceptance, then: `accept 3` writes a fact, its outbox row and the nudge in one
transaction; `hold` makes every refresh wait, `waiting` tells how many do, `release` lets them go; `read`
tells the result's numerator. Answers are one line each.
"""

import sys

import django
from django.db import close_old_connections, connection, transaction


class Acceptance:
    def __init__(self) -> None:
        from tests.rollups.district import District

        self.district = District()
        self.rate = self.district.indicator("good", "tested", due_quarters=[1])
        self.school = self.district.school()
        self.district.owe(self.school, 1, ["good", "tested"])

    def accept(self, good: str) -> str:
        from apps.plans.models import DataElement
        from apps.reviews.signals import values_accepted

        with transaction.atomic():
            submission = self.district.accept(self.school, 1, good=int(good), tested=100)
            elements = list(DataElement.objects.values_list("pk", flat=True))
            values_accepted.send(None, submission=submission, element_ids=elements, by=self.district.user)
        return "accepted"

    def read(self) -> str:
        result = self.district.result(self.rate, 1)
        return str(result and int(result.numerator))

    def hold(self) -> str:
        return self._advisory("pg_advisory_lock")

    def release(self) -> str:
        return self._advisory("pg_advisory_unlock")

    def _advisory(self, function: str) -> str:
        from apps.rollups.refreshing import LOCK_CLASS

        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [LOCK_CLASS, self.district.plan.pk])
        return "done"

    def waiting(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return str(cursor.fetchone()[0])


if __name__ == "__main__":
    django.setup()
    acceptance = Acceptance()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        command, *arguments = line.split()
        close_old_connections()
        sys.stdout.write(f"{getattr(acceptance, command)(*arguments)}\n")
        sys.stdout.flush()
