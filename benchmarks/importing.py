"""Taking over a workbook of a hundred thousand figures, against what the machine needs for it at the least.

    python -m benchmarks.importing [--values 100000] [--rows 2000]

Each part is a process with a database of its own, a copy of the city's in which nobody has reported the
fourth quarter. The floor reads the workbook with calamine, stages it by COPY and writes it by one INSERT …
SELECT into the audited table, with the actor on every event: nothing is checked. The product does what its
administrator sees: choose the file, look at what it would do, confirm. Beside them the default of
django-import-export, which looks and saves row by row (`--rows`, then reckoned up). Work is the processor
time of Python and of the database connection.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks import place
from benchmarks.copying import unaudited
from benchmarks.generator import generate
from benchmarks.import_parts import PARTS
from benchmarks.results import Row, add, at_least, at_most
from benchmarks.sizes import SIZES
from benchmarks.web import collect_static

SIZE = SIZES["city"]
FOLDER = place.DATA / "importing"
DATE = "2025-12-20"
NOT_REPORTED = f"""
    DELETE FROM collection_datavalue v USING collection_submission s, collection_period q,
        organisations_organisation o
        WHERE v.submission_id = s.id AND q.id = s.period_id AND q.quarter = 4 AND o.id = s.organisation_id
        AND o.kind = 'school';
    DELETE FROM collection_submission s USING collection_period q, organisations_organisation o
        WHERE q.id = s.period_id AND q.quarter = 4 AND o.id = s.organisation_id AND o.kind = 'school';
    INSERT INTO core_businessclock (id, fixed_date) VALUES (1, '{DATE}')
        ON CONFLICT (id) DO UPDATE SET fixed_date = excluded.fixed_date"""  # names of our own  # nosec B608
BASE = f"{SIZE.database}_not_reported"


def base() -> None:
    """Make the database that every part gets a copy of."""
    with place.cursor() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{BASE}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{BASE}" TEMPLATE "{SIZE.database}"')
    place.run("manage.py", "migrate", "-v0", database=BASE)  # it may have been made by an earlier version
    with place.cursor(BASE) as cursor:
        with unaudited(cursor):
            cursor.execute(NOT_REPORTED)
        cursor.execute("VACUUM (ANALYZE)")


def run_part(name: str, *arguments: str) -> dict[str, Any]:
    """Run one part in a process and a database of its own; return what it found."""
    database = f"{SIZE.database}_{name}"
    with place.cursor() as server:
        server.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{database}" TEMPLATE "{BASE}"')
    found = FOLDER / f"{name}.json"
    found.unlink(missing_ok=True)
    place.run("-m", "benchmarks.importing", "--part", name, *arguments, database=database)
    with place.cursor() as server:
        server.execute(f'DROP DATABASE "{database}" WITH (FORCE)')
    told: dict[str, Any] = json.loads(found.read_text())
    return told


def play(name: str, call: Callable[[Path, Any], dict[str, Any]], options: Any) -> None:
    """Be the process of one part."""
    import django

    django.setup()
    found = call(FOLDER / "figures.xlsx", options)
    (FOLDER / f"{name}.json").write_text(json.dumps(found))


def work_text(work: dict[str, float]) -> str:
    return f"{work['processor']:.1f} s (wall {work['wall']:.1f})"


def report(options: Any, found: dict[str, dict[str, Any]]) -> None:
    floor, product, rows = (found[name] for name in ("floor", "product", "row_by_row"))
    title = f"workbook of {options.values:,} figures"
    steps = "; ".join(f"{name} {work['processor']:.1f}" for name, work in product["steps"].items())
    many = product["processor"]
    share = options.values / options.rows
    reckoned = rows["processor"] * share
    add(
        Row(
            "Import",
            SIZE.name,
            f"{title}, {product['megabytes']:.1f} MB: {steps}",
            work_text(product),
            f"calamine {floor['parse']:.1f}, INSERT … SELECT {floor['insert']:.1f}: {work_text(floor)}",
            **at_most(many / floor["processor"], 2.5),  # type: ignore[arg-type]
        ),
        Row(
            "Import",
            SIZE.name,
            f"django-import-export, look and import, {options.rows:,} rows reckoned up",
            f"{reckoned:.0f} s (wall {rows['wall'] * share:.0f})",
            f"the product's {work_text(product)}",
            **at_least(reckoned / many, 20),  # type: ignore[arg-type]
        ),
        Row(
            "Import",
            SIZE.name,
            "memory of the process: before, at most; the floor's",
            f"{product['before']} MB, {product['most']} MB",
            f"{floor['most']} MB",
        ),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--values", type=int, default=100_000)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--part", choices=list(PARTS))
    options = parser.parse_args()
    if options.part:
        play(options.part, PARTS[options.part], options)
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    numbers = ["--values", str(options.values), "--rows", str(options.rows)]
    with place.servers():
        generate(SIZE)
        base()
        collect_static(BASE)
        found = {name: run_part(name, *numbers) for name in PARTS}
        with place.cursor() as server:
            server.execute(f'DROP DATABASE "{BASE}" WITH (FORCE)')
    report(options, found)


if __name__ == "__main__":
    main()
