"""Databases of earlier versions with rows in every table that takes them, brought to the newest version.

python -m tests.ops.upgrade (make test-upgrade) does it for every migration there is, each in a database of
its own; --chain takes one database through all of them, --first begins at the first complete state. Rows are
made through the historical models: the smallest that the columns allow.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor

WANTED: dict[str, dict[str, Any]] = {
    "Region": {"code": "100000", "level": "nation", "name": "示例"},
    "Organisation": {"kind": "school", "code": "3143000001", "opened_on": dt.date(2010, 9, 1)},
    "User": {"role": "leader", "username": "example"},
    "AnnualPlan": {"year": 2025},
    "Period": {
        "quarter": 1,
        "starts_on": dt.date(2025, 1, 1),
        "ends_on": dt.date(2025, 3, 31),
        "opens_on": dt.date(2025, 3, 1),
        "due_on": dt.date(2025, 4, 10),
        "closes_on": dt.date(2025, 4, 20),
    },
    "Indicator": {"code": "A01-X", "numerator": "example", "quote_start": 0, "quote_end": 1}
    | {"due_quarters": [1, 2, 3, 4]},
    "IndicatorElement": {"in_numerator": True, "in_denominator": False},
    "TargetRevision": {"value": 1, "operator": "ge"},
    "DataElement": {"code": "example"},
}
"""What the constraints want beyond the smallest value, by model."""
OURS = ("core", "organisations", "accounts", "plans", "collection", "reviews", "rollups", "reports")
Node = tuple[str, str]


def plan_of(targets: list[Node]) -> list[Node]:
    """Migrations in the order in which an empty database gets them."""
    return [(step.app_label, step.name) for step, _ in MigrationExecutor(connection).migration_plan(targets)]


def leaves() -> list[Node]:
    return MigrationExecutor(connection).loader.graph.leaf_nodes()


def first_states() -> list[Node]:
    """The first complete state: the initial migrations of every app of ours, and all of the others' apps."""
    graph = MigrationExecutor(connection).loader.graph
    initial = sorted(node for node in graph.nodes if node[0] in OURS and node[1].endswith("_initial"))
    return list(dict(initial).items()) + [node for node in graph.leaf_nodes() if node[0] not in OURS]


def migrate_to(targets: list[Node]) -> Any:
    """Bring the connected database to these states; returns the historical models."""
    executor = MigrationExecutor(connection)
    return executor.migrate(targets).apps


def fill(apps: Any) -> dict[str, int]:
    """One row in every table that takes one; returns rows by table."""
    made: dict[str, Any] = {}
    waiting = [model for model in apps.get_models() if model._meta.app_label in OURS and model._meta.managed]
    for _round in range(12):  # a table may need a row of another
        for model in list(waiting):
            if (row := _row(model, made)) is not None:
                made[model._meta.label] = row
                waiting.remove(model)
    return counts([row._meta.db_table for row in made.values()])


def counts(tables: list[str]) -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(tables)):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def _row(model: Any, made: dict[str, Any]) -> Any:
    values = {}
    for field in model._meta.concrete_fields:
        if field.primary_key and field.is_relation is False and isinstance(field, models.AutoField):
            continue
        if field.is_relation:
            target = made.get(field.related_model._meta.label)
            if target is None and not field.null:
                return None
            values[field.attname] = target.pk if target is not None and not field.null else None
        elif not field.null and not field.has_default():
            values[field.attname] = _value(field)
    wanted = WANTED.get(model._meta.object_name.removesuffix("History"), {})
    values |= {name: value for name, value in wanted.items() if name in {f.name for f in model._meta.fields}}
    try:
        with transaction.atomic():
            return model.objects.create(**values)
    except (DatabaseError, ValueError, TypeError):  # its constraints want more than the smallest row
        return None


def _value(field: Any) -> Any:
    if field.choices:
        return field.choices[0][0]
    kind = type(field).__name__
    if kind in ("CharField", "TextField", "SlugField", "FileField", "EmailField"):
        return "x" * min(field.max_length or 8, 8) if not field.blank else ""
    simple = {
        "DateField": dt.date(2025, 1, 1),
        "DateTimeField": dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
        "BooleanField": False,
        "JSONField": {},
        "UUIDField": uuid.UUID(int=1),
        "ArrayField": [],
        "GenericIPAddressField": "127.0.0.1",
    }
    return simple.get(kind, 1)


def upgraded(before: dict[str, int]) -> list[str]:
    """Migrate to the newest version; returns the tables that lost rows."""
    migrate_to(leaves())
    return smaller(before)


def smaller(before: dict[str, int]) -> list[str]:
    """Tables with fewer rows than before."""
    there = set(connection.introspection.table_names())
    after = counts([table for table in before if table in there])
    return [f"{table}: {before[table]} → {after[table]}" for table in after if after[table] < before[table]]


def every_state() -> Iterator[tuple[str, int, list[str], float]]:
    """(state, rows made, tables that lost rows, seconds) of each migration of ours, in a fresh database."""
    from tests.support.databases import connected_to, drop, prefix, server

    def make(name: str, template: str = "template0") -> None:
        with server() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    base, trial = f"{prefix()}upgrade", f"{prefix()}upgrade_trial"
    make(base)
    try:
        with connected_to(base):
            steps = plan_of(leaves())
            migrate_to(first_states())
        for node in later_steps(steps):
            with connected_to(base):
                migrate_to([node])
            make(trial, base)
            begun = time.monotonic()
            try:
                with connected_to(trial):
                    executor = MigrationExecutor(connection)
                    rows = fill(executor.loader.project_state(list(executor.loader.applied_migrations)).apps)
                    yield f"{node[0]}.{node[1]}", sum(rows.values()), upgraded(rows), time.monotonic() - begun
            finally:
                drop(trial)
    finally:
        drop(base)


def chain() -> Iterator[tuple[str, int, list[str], float]]:
    """One database through every state, rows added in each to tables that have none: minutes, not hours."""
    from tests.support.databases import connected_to, drop, prefix, server

    name = f"{prefix()}upgrade_chain"
    with server() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    try:
        with connected_to(name):
            rows = fill(migrate_to(first_states()))
            for node in later_steps(plan_of(leaves())):
                begun = time.monotonic()
                apps = migrate_to([node])
                lost = smaller(rows)
                rows |= fill(apps)
                yield f"{node[0]}.{node[1]}", sum(rows.values()), lost, time.monotonic() - begun
    finally:
        drop(name)


def later_steps(steps: list[Node]) -> list[Node]:
    """Our migrations after the first complete state: what is before it was never a version of its own."""
    states = set(first_states())
    initial = {node for node in steps if node[1].endswith("_initial") or node in states}
    return [node for node in steps if node[0] in OURS and node not in initial]


def first_state() -> Iterator[tuple[str, int, list[str], float]]:
    """The same of the first complete state alone."""
    from tests.support.databases import connected_to, drop, prefix, server

    name = f"{prefix()}upgrade"
    with server() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    begun = time.monotonic()
    try:
        with connected_to(name):
            rows = fill(migrate_to(first_states()))
            yield f"first, {len(rows)} tables", sum(rows.values()), upgraded(rows), time.monotonic() - begun
    finally:
        drop(name)


def main() -> int:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lusong_edu.settings.test")
    django.setup()
    from django.conf import settings

    from lusong_edu import embedded
    from tests.support import databases

    databases.begin_run()
    wrong = 0
    with embedded.attach(settings.DATA_DIR, ["postgres"], throw_away=True, linger=0.2):
        modes = {"--first": first_state, "--chain": chain}
        mode = next((modes[word] for word in sys.argv[1:] if word in modes), every_state)
        for state, rows, lost, seconds in mode():
            wrong += len(lost)
            sys.stdout.write(f"{state}: {rows} rows, {seconds:.1f} s {'; '.join(lost) or 'all there'}\n")
            sys.stdout.flush()
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
