"""Somebody reads everything there is for them and calculates: no small cell may come out.

Every number in every page, file and chart that a reader gets is collected. Denominators are unmistakable,
so a cell counts as known as soon as its denominator or its value stands anywhere; then linear algebra over
single schools and quarters says what else follows. Numerators and denominators add up alike, so what follows
for the one follows for the other.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import defaultdict
from decimal import Decimal as D
from fractions import Fraction

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from apps.collection.models import Submission
from apps.core import clock
from apps.rollups.linear import Span
from tests.dashboards.factories import BaselineFactory
from tests.factories import OfficeFactory, UserFactory
from tests.rollups.district import District

pytestmark = pytest.mark.django_db
THRESHOLD = 10
SCHOOLS = (
    # stage, ownership, setting, and by quarter how many of how many
    ("primary", "public", "urban", {1: (400, 20011), 2: (430, 20023), 3: (444, 20047), 4: (460, 20063)}),
    ("primary", "public", "urban", {1: (300, 30011), 2: (330, 30029), 3: (30, 30047), 4: (360, 30071)}),
    ("primary", "public", "rural", {1: (40, 4001), 2: (3, 4003), 3: (12, 4007), 4: (25, 4013)}),
    ("primary", "private", "urban", {1: (55, 51001), 2: (60, 51031), 3: (61, 51043), 4: (2, 51047)}),
    ("junior", "public", "urban", {1: (90, 60013), 2: (95, 60017), 3: (60016, 60024), 4: (97, 60029)}),
    ("junior", "public", "rural", {1: (70, 70001), 2: (0, 70003), 3: (4, 70009), 4: (80, 70019)}),
    ("junior", "private", "urban", {1: (77, 80021), 2: (78, 80039), 3: (79, 80051), 4: (81, 80071)}),
    ("senior", "private", "urban", {1: (5, 90001), 2: (6, 90007), 3: (7, 90011), 4: (8, 90017)}),
    ("senior", "public", "urban", {1: (130, 110017), 2: (143, 110023), 3: (150, 110039), 4: (0, 110051)}),
)
KINDS = ("stage", "ownership", "setting")


@pytest.fixture
def district():
    """Nine schools with a stock and a flow of small numbers, and a ratio of the owning office."""
    with clock.held_at(dt.date(2026, 1, 20)):
        made = District()
        options = {"privacy": "small_cell", "decimals": 8, "kind": "rate"}
        made.stock = made.indicator(
            "ill", "seen", code="STOCK", due_quarters=[2, 4], per_stage=True, **options
        )
        made.flow = made.indicator(
            "helped", "asked", code="FLOW", accumulation="flow", per_stage=True, **options
        )
        made.home = made.indicator(
            "home", "placed", code="HOME", reporter="office", office=["home", "placed"], **options
        )
        for one in ("ill", "seen", "helped", "asked", "home", "placed"):
            type(made.element(one)).objects.filter(code=one).update(privacy="small_cell")
        for quarter in (1, 2, 3, 4):
            made.report(made.office, quarter, home=9, placed=99991 + quarter)
        made.schools = []
        for stage, ownership, setting, quarters in SCHOOLS:
            school = made.school(stage, ownership=ownership, setting=setting)
            made.schools.append(school)
            for quarter, (above, below) in quarters.items():
                facts = {"helped": above, "asked": 1_000_000 + below}
                if quarter in (2, 4):
                    facts |= {"ill": above, "seen": below}
                made.report(school, quarter, stage=stage, **facts)
        BaselineFactory(indicator=made.home, numerator=D(7), denominator=D(98993), locked_by=made.user)
        made.refresh()
        now = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
        Submission.objects.update(
            status="accepted", submitted_at=now, submitted_on=now.date(), submitted_by=made.user
        )
        yield made


# What there is to know.


def cells_of(made, indicator):
    """Cell → its amounts and its vector over single amounts (school, quarter): what adds up to it."""
    is_flow = indicator.accumulation == "flow"
    due = indicator.due_quarters
    extra = 1_000_000 if is_flow else 0
    amounts = {
        (place, quarter): (D(row[3][quarter][0]), D(row[3][quarter][1] + extra))
        for place, row in enumerate(SCHOOLS)
        for quarter in due
    }
    groups = {("school", place): {place} for place in range(len(SCHOOLS))}
    groups[("all", "")] = set(range(len(SCHOOLS)))
    for kind, column in zip(KINDS, range(3), strict=True):
        for place, row in enumerate(SCHOOLS):
            groups.setdefault((kind, row[column]), set()).add(place)
    found = {}
    for group, members in groups.items():
        for quarter in due:
            quarters = [q for q in due if q <= quarter] if is_flow else [quarter]
            found[(*group, "until", quarter)] = {(place, q) for place in members for q in quarters}
            if is_flow:
                found[(*group, "in", quarter)] = {(place, quarter) for place in members}
    order = sorted(amounts)
    return {
        name: (
            sum(amounts[one][0] for one in parts),
            sum(amounts[one][1] for one in parts),
            [one in parts for one in order],
        )
        for name, parts in found.items()
    }


def is_small(above, below):
    return min(above, below, below - above) < THRESHOLD


def secrets_of(cells):
    return {name for name, (above, below, _row) in cells.items() if is_small(above, below)}


# What a reader gets.


def addresses(made, user):
    yield "/"
    yield from ("/schools/", "/measures/", "/dictionary/", "/completeness/2025/", "/completeness/2025.csv")
    if user.role == "administrator":
        yield from ("/audit/", "/audit.csv", "/targets/", "/operations/", "/settings/")
        yield from (f"/exchange/{key}.csv" for key in ("baselines", "targets", "indicators", "elements"))
        yield "/admin/plans/baseline/"
    for submission in Submission.objects.filter(period__quarter__in=(2, 4)):
        yield f"/collection/returns/{submission.pk}/"
    for quarter in (1, 2, 3, 4):
        yield from (
            f"/plans/2025/?quarter={quarter}",
            f"/plans/2025/areas/{made.area.number}/?quarter={quarter}",
        )
        for code in ("STOCK", "FLOW", "HOME"):
            page = f"/plans/2025/indicators/{code}"
            yield f"{page}/?quarter={quarter}"
            if quarter > 2:
                yield f"{page}.xlsx?quarter={quarter}"
            if code != "HOME" and (code == "FLOW" or quarter in (2, 4)):
                values = {(kind, row[place]) for row in SCHOOLS for place, kind in enumerate(KINDS)}
                yield from (f"{page}/explain/?quarter={quarter}&slice={k}:{v}" for k, v in sorted(values))
    yield from (f"/plans/2025/overview.{kind}?quarter=4" for kind in ("xlsx", "csv"))
    for school in made.schools:
        yield from (f"/schools/{school.pk}/?quarter={quarter}" for quarter in (2, 4))


NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def numbers_in(response):
    """Every number of an answer, of a workbook every cell."""
    assert response.status_code == 200, response.status_code
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if response["Content-Type"].endswith("spreadsheetml.sheet"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = [
            cell
            for name in book.sheet_names
            for row in book.get_sheet_by_name(name).to_python()
            for cell in row
        ]
        text = " ".join(f"{cell:.12f}" if isinstance(cell, float) else str(cell) for cell in cells)
        # A percentage is stored as its hundredth.
        text += " ".join(f"{cell * 100:.8f}" for cell in cells if isinstance(cell, float))
    else:
        text = content.decode()
    return {Fraction(found.replace(",", "")) for found in NUMBER.findall(text)}


def read_all(made, user):
    client = Client()
    client.force_login(user)
    return set().union(*(numbers_in(client.get(address)) for address in addresses(made, user)))


def known_of(cells, numbers):
    """The cells whose denominator or value has been read."""
    return {
        name
        for name, (above, below, _row) in cells.items()
        if Fraction(below) in numbers or _rate(above, below) in numbers
    }


def _rate(above, below):
    """The value as it is shown; none where it has too few digits to be recognised."""
    shown = Fraction(f"{above * 100 / below:.8f}")
    return shown if shown > Fraction(1, 10_000) else None


def gives_away(cells, known, *, sees_total):
    """The secrets that are known, or follow from what is."""
    span = Span([cells[name][2] for name in sorted(known, key=str)])
    whole = defaultdict(bool, {name: name[0] == "all" for name in cells})
    return {
        name
        for name in secrets_of(cells)
        if span.makes(cells[name][2]) is not None and not (sees_total and whole[name])
    }


@pytest.mark.parametrize("role", ["leader", "administrator"])
def test_no_small_cell_can_be_worked_out(district, role):
    user = UserFactory(role=role, region=district.region)
    numbers = read_all(district, user)
    for indicator in (district.stock, district.flow):
        cells = cells_of(district, indicator)
        known = known_of(cells, numbers)
        assert any(name[0] == "school" for name in known)
        assert any(name[0] in KINDS for name in known)
        assert gives_away(cells, known, sees_total=role == "leader") == set()


def test_the_attack_finds_what_a_naive_hiding_leaves(district):
    """Hiding small cells alone, without others beside them, is seen through."""
    cells = cells_of(district, district.stock)
    naive = cells.keys() - secrets_of(cells)
    assert gives_away(cells, naive, sees_total=True)


def test_the_leader_who_signs_sees_the_district(district):
    for role, sees in (("leader", True), ("administrator", False), ("auditor", False)):
        client = Client()
        client.force_login(UserFactory(role=role, region=district.region))
        page = client.get("/plans/2025/indicators/HOME/?quarter=4").content.decode()
        assert ("99,995" in page, "98,993" in page) == (sees, False)
        assert (f"{D(900) / 99995:.8f}" in page, f"{D(700) / 98993:.8f}" in page) == (sees, sees)


def test_a_school_reads_its_own_and_nothing_of_the_others(district):
    school = district.schools[2]
    user = UserFactory(organisation=school)
    client = Client()
    client.force_login(user)
    own = client.get(f"/schools/{school.pk}/?quarter=2").content.decode()
    assert f"{D(300) / 4003:.8f}" in own
    numbers = numbers_in(client.get(f"/schools/{school.pk}/?quarter=2")) | numbers_in(client.get("/"))
    cells = cells_of(district, district.stock)
    assert {name for name in known_of(cells, numbers) if name[:2] != ("school", 2)} == set()


@pytest.fixture
def restricted(district):
    """A restricted indicator of the owning office, far behind its target."""
    secret = district.indicator(
        "handled",
        "confirmed",
        code="SECRET",
        privacy="restricted",
        kind="rate",
        reporter="office",
        office=["handled", "confirmed"],
        decimals=8,
    )
    type(district.element("handled")).objects.filter(code__in=("handled", "confirmed")).update(
        privacy="restricted"
    )
    district.target(secret, "equal", 100)
    district.report(district.office, 4, handled=7654321, confirmed=9876543)
    BaselineFactory(indicator=secret, numerator=D(1234567), denominator=D(3456789), locked_by=district.user)
    district.refresh()
    return secret


TOLD = {Fraction(n) for n in (7654321, 9876543, 1234567, 3456789)} | {
    Fraction(f"{D(above) * 100 / below:.8f}") for above, below in ((7654321, 9876543), (1234567, 3456789))
}


@pytest.mark.parametrize("role", ["leader", "deputy", "office", "administrator", "auditor"])
def test_a_restricted_figure_is_for_its_own(district, restricted, role):
    """Its owners read it; others read neither figures nor a light, not even in a count of an area."""
    owner = UserFactory(role="office", region=district.region, organisation=district.office)
    stranger = UserFactory(
        role=role,
        region=district.region,
        organisation=OfficeFactory(region=district.region) if role == "office" else None,
    )
    answers = {}
    for user in (owner, stranger):
        client = Client()
        client.force_login(user)
        assert client.get("/plans/2025/").status_code == 200
        pages = [
            client.get(address)
            for address in (
                "/plans/2025/?quarter=4",
                f"/plans/2025/areas/{district.area.number}/?quarter=4",
                "/plans/2025/overview.csv?quarter=4&table=indicators",
                f"/plans/2025/areas/{district.area.number}.xlsx?quarter=4",
            )
        ]
        direct = [
            client.get(f"/plans/2025/indicators/SECRET{end}?quarter=4").status_code
            for end in ("/", "/explain/", ".xlsx", ".csv")
        ]
        off_track = pages[1].content.decode().count("light--off-track")
        answers[user] = (bool(set().union(*map(numbers_in, pages)) & TOLD), off_track, set(direct))
    (is_told, lights, statuses), owners = answers[stranger], answers[owner]
    assert (owners[0], owners[2]) == (True, {200})
    if role == "leader":
        assert (is_told, lights, statuses) == owners
    else:
        assert (is_told, statuses) == (False, {404})
        assert lights < owners[1]
    if role in ("administrator", "auditor"):
        client.force_login(stranger)
        further = ["/audit/", "/audit.csv"]
        further += ["/exchange/baselines.csv", "/admin/plans/baseline/"] if role == "administrator" else []
        returns = Submission.objects.filter(organisation=district.office)
        further += [f"/collection/returns/{one.pk}/" for one in returns.exclude(status="draft")]
        assert set().union(*(numbers_in(client.get(address)) for address in further)) & TOLD == set()
