"""All results of a plan, computed again in plain Python from the tables alone.

It shares no code with the product: it reads rows as dictionaries, evaluates formulas with Python itself and
adds fractions in loops. Slow and plain on purpose; `differences(plan)` holds it against what is stored.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from apps.collection.models import Assignment, DataValue, Period
from apps.organisations.models import Organisation, Region, SchoolProfile, SchoolStage
from apps.plans.models import DataElement, Indicator, IndicatorElement, IndicatorRevision, TargetRevision
from apps.rollups.models import Result

COLUMNS = (
    "as_of__quarter",
    "threshold",
    "n_due",
    "n_reported",
    "n_not_applicable",
    "n_true",
    "numerator",
    "denominator",
    "sum_ratio_squares",
    "minimum",
    "maximum",
    "quarter_numerator",
    "quarter_denominator",
)
DAY = dt.timedelta(days=1)


def stored(plan):
    """What the refresh has written: key → numbers, exact but for the dispersion's squares (9 decimals)."""
    key = ("indicator__code", "period__quarter", "region__code", "slice_kind", "slice_value")
    rows = Result.objects.filter(plan=plan).values(*key, *COLUMNS)
    return {
        tuple(row[name] for name in key): {name: _comparable(name, row[name]) for name in COLUMNS}
        for row in rows
    }


def results(plan):
    """What should be there."""
    world = World(plan)
    found = {}
    for indicator in world.indicators:
        for quarter in sorted(world.periods):
            found |= one(world, indicator, quarter)
    return found


def differences(plan):
    """Key → {column: (stored, recomputed)} wherever the two disagree."""
    there, wanted = stored(plan), results(plan)
    found = {}
    for key in there.keys() | wanted.keys():
        one, other = there.get(key, {}), wanted.get(key, {})
        different = {
            name: (one.get(name), other.get(name)) for name in COLUMNS if one.get(name) != other.get(name)
        }
        if different or (key in there) != (key in wanted):
            found[key] = different
    return found


def _comparable(name, number):
    if number is None or isinstance(number, int):
        return number
    exact = Fraction(number)
    return _rounded(exact, 9) if name == "sum_ratio_squares" else exact


def _rounded(number, places):
    scaled = abs(number) * 10**places + Fraction(1, 2)
    whole = scaled.numerator // scaled.denominator
    return Fraction(whole if number >= 0 else -whole, 10**places)


class World:
    """The tables as dictionaries."""

    def __init__(self, plan):
        self.region_id = plan.region_id
        self.regions = {row["id"]: row for row in Region.objects.values()}
        self.periods = {row["quarter"]: row for row in Period.objects.filter(plan=plan).values()}
        self.indicators = list(Indicator.objects.filter(plan=plan).values())
        self.elements = {row["id"]: row for row in DataElement.objects.values()}
        self.organisations = {row["id"]: row for row in Organisation.objects.values()}
        self.links = group(IndicatorElement.objects.values(), "indicator_id")
        self.revisions = group(
            TargetRevision.objects.values(
                "target__indicator_id", "number", "level", "value", "confirmed_on", "effective_from"
            ),
            "target__indicator_id",
        )
        self.changes = group(IndicatorRevision.objects.exclude(confirmed_at=None).values(), "indicator_id")
        self.profiles = group(SchoolProfile.objects.values(), "organisation_id")
        self.stages = group(SchoolStage.objects.values(), "organisation_id")
        self.assignments = group(Assignment.objects.values(), "period_id")
        self.values = {
            (
                row["submission__period_id"],
                row["submission__organisation_id"],
                row["stage"],
                row["element_id"],
            ): row
            for row in DataValue.objects.exclude(accepted_at=None).values(
                "submission__period_id",
                "submission__organisation_id",
                "stage",
                "element_id",
                "accepted_number",
                "accepted_not_applicable",
            )
        }

    def above(self, region_id):
        """The codes of the region and those above it up to the plan's; none outside the plan."""
        chain = []
        while region_id is not None:
            chain.append(self.regions[region_id]["code"])
            if region_id == self.region_id:
                return chain
            region_id = self.regions[region_id]["parent_id"]
        return []

    def profile(self, organisation_id, date):
        return next((row for row in self.profiles[organisation_id] if holds(row, date)), None)

    def taught(self, organisation_id, date):
        return {row["stage"] for row in self.stages[organisation_id] if holds(row, date)}


def group(rows, name):
    grouped = defaultdict(list)
    for row in rows:
        grouped[row[name]].append(row)
    return grouped


def holds(row, date):
    return row["valid_from"] <= date and (row["valid_to"] is None or date < row["valid_to"])


def one(world, indicator, quarter):
    """All regions and slices of one indicator in one quarter."""
    period = world.periods[quarter]
    due = [q for q in indicator["due_quarters"] if q <= quarter and q in world.periods]
    as_of = max(due, default=None)
    line = threshold(world, indicator, period["ends_on"])
    rows = defaultdict(list)
    rows[world.regions[world.region_id]["code"], "all", ""] = []
    indicator = defined(world, indicator, as_of or quarter)
    if as_of is not None:
        for unit in units(world, indicator, due, as_of, line):
            for region in world.above(unit["region_id"]):
                for kind, value in unit["slices"]:
                    rows[region, kind, value].append(unit)
    found = {}
    for (region, kind, value), members in rows.items():
        numbers = added_up(members, indicator)
        is_main = kind == "all" and region == world.regions[world.region_id]["code"]
        if (
            is_main
            or numbers["n_due"]
            or numbers["numerator"] is not None
            or numbers["denominator"] is not None
        ):
            found[indicator["code"], quarter, region, kind, value] = {
                "as_of__quarter": as_of,
                "threshold": line,
                **numbers,
            }
    return found


def defined(world, indicator, quarter):
    """The indicator as its last change that counts in the quarter says."""
    for change in sorted(world.changes[indicator["id"]], key=lambda row: row["number"]):
        if change["from_quarter"] <= quarter:
            indicator = indicator | {name: change[name] for name in ("numerator", "denominator")}
    return indicator


def threshold(world, indicator, date):
    valid = [r for r in world.revisions[indicator["id"]] if r["confirmed_on"] and r["effective_from"] <= date]
    if not valid:
        return None
    latest = max(valid, key=lambda revision: revision["number"])
    return Fraction(latest["value"]) if latest["level"] == "school" and latest["value"] is not None else None


def added_up(members, indicator):
    counted = [unit for unit in members if unit["reported"]]
    extremes = [_rounded(unit["own"], 4) for unit in counted if unit["own"] is not None]
    squares = [u["n"] ** 2 / u["d"] for u in members if indicator["aggregation"] == "weighted_cv" and u["d"]]
    return {
        "n_due": sum(unit["due"] for unit in members),
        "n_reported": len(counted),
        "n_not_applicable": sum(unit["excused"] for unit in members),
        "n_true": sum(unit["n"] is not None and unit["n"] > 0 for unit in counted),
        "numerator": kept(unit["n"] for unit in members),
        "denominator": kept(unit["d"] for unit in members),
        "sum_ratio_squares": _rounded(sum(squares), 9) if squares else None,
        "minimum": min(extremes, default=None),
        "maximum": max(extremes, default=None),
        "quarter_numerator": kept(unit["qn"] for unit in members),
        "quarter_denominator": kept(unit["qd"] for unit in members),
    }


def plus(numbers):
    there = [number for number in numbers if number is not None]
    return sum(there) if there else None


def kept(numbers):
    """A sum as a result keeps it, with four decimals."""
    found = plus(numbers)
    return None if found is None else _rounded(found, 4)


def units(world, indicator, due, as_of, line):
    """The units of an indicator; those of either side when two kinds of reporter share it."""
    links = world.links[indicator["id"]]
    above, below = (
        {link["element_id"] for link in links if link[part] and names(world, link, indicator[side])}
        for part, side in (("in_numerator", "numerator"), ("in_denominator", "denominator"))
    )
    reporters = [{world.elements[e]["reporter"] for e in side} for side in (above, below)]
    numerator, denominator = indicator["numerator"], indicator["denominator"]
    if not below or reporters[0] == reporters[1]:
        yield from side(
            world, indicator, due, as_of, line, above | below, numerator, denominator, split=False
        )
        return
    yield from side(world, indicator, due, as_of, line, above, numerator, "", split=True)
    yield from side(world, indicator, due, as_of, line, below, "", denominator, split=True)


def names(world, link, text):
    """Whether a formula names the fact: a fact may be linked for another definition of the year."""
    tree = ast.parse(text, mode="eval") if text else ast.Module([], [])
    code = world.elements[link["element_id"]]["code"]
    return any(isinstance(node, ast.Name) and node.id == code for node in ast.walk(tree))


def side(world, indicator, due, as_of, line, elements, numerator, denominator, *, split):
    is_flow = indicator["accumulation"] == "flow"
    last_day = world.periods[as_of]["ends_on"]
    collected = defaultdict(dict)
    for quarter in due if is_flow else [as_of]:
        for key, fact in facts(world, indicator, quarter, elements).items():
            collected[key][quarter] = fact
    for (organisation_id, stage), by_quarter in collected.items():
        organisation = world.organisations[organisation_id]
        closed_on = organisation["closed_on"]
        alive = closed_on is None or closed_on > last_day
        date = last_day if alive else closed_on - DAY
        profile = world.profile(organisation_id, date)
        names = (
            {
                "stage": stage,
                "threshold": line,
                **{name: profile[name] for name in ("ownership", "setting", "school_type")},
            }
            if profile
            else {"stage": stage, "threshold": line}
        )
        amounts = {}
        excused = {quarter for quarter, fact in by_quarter.items() if fact == "not applicable"}
        for quarter, fact in by_quarter.items():
            if not isinstance(fact, dict):
                continue
            if profile is None and any(
                word in numerator + denominator for word in ("ownership", "setting", "school_type")
            ):
                continue
            n, d = value(numerator, names | fact), value(denominator, names | fact)
            if indicator["aggregation"] == "weighted_cv" and d <= 0:
                excused.add(quarter)
                continue
            amounts[quarter] = (n, d, value(left_of(numerator), names | fact))
        if not is_flow and not alive:
            amounts = {}
        n, d, x = (plus(amount[i] for amount in amounts.values()) for i in range(3))
        current = amounts.get(as_of) if is_flow else None
        yield {
            "region_id": organisation["region_id"],
            "due": alive and as_of in by_quarter,
            "excused": alive and as_of in excused,
            "reported": alive and as_of in amounts,
            "n": n,
            "d": d,
            "own": None if split else own_value(indicator, denominator, n, d, x),
            "qn": current[0] if current else None,
            "qd": current[1] if current else None,
            "slices": slices_of(world, indicator, organisation, stage, profile, date, split),
        }


def own_value(indicator, denominator, n, d, x):
    if x is not None:
        return x
    if not any(character.isalpha() for character in denominator):
        return n
    percent = indicator["aggregation"] == "share_true" or indicator["unit"] in ("%", "个百分点")
    return _rounded(n / d * (100 if percent else 1), 4) if d and n is not None else None


def slices_of(world, indicator, organisation, stage, profile, date, split):
    found = {("all", "")}
    if split:
        return found
    if profile:
        found |= {("ownership", profile["ownership"]), ("setting", profile["setting"])}
    stages = {stage} if stage != "whole" else world.taught(organisation["id"], date)
    if stage == "whole" and indicator["stages"]:
        stages &= set(indicator["stages"])
    return found | {("stage", one_stage) for one_stage in stages}


def facts(world, indicator, quarter, elements):
    """Who owes all elements in a quarter: (organisation, stage) → numbers, "not applicable" or "missing"."""
    period = world.periods[quarter]
    owed = defaultdict(set)
    for row in world.assignments[period["id"]]:
        closed_on = world.organisations[row["organisation_id"]]["closed_on"]
        is_gone = closed_on is not None and closed_on <= period["ends_on"]
        if row["element_id"] in elements and (row["withdrawn_on"] is None or is_gone):
            owed[row["organisation_id"], row["stage"]].add(row["element_id"])
    found = {}
    for (organisation_id, stage), asked in owed.items():
        if asked == elements and is_asked(world, indicator, period, organisation_id, stage):
            rows = [world.values.get((period["id"], organisation_id, stage, element)) for element in elements]
            found[organisation_id, stage] = fact_of(world, elements, rows)
    return found


def is_asked(world, indicator, period, organisation_id, stage):
    organisation = world.organisations[organisation_id]
    if organisation["kind"] != "school":
        return True
    date = period["ends_on"]
    if organisation["closed_on"] is not None and organisation["closed_on"] <= date:
        date = organisation["closed_on"] - DAY
    profile = world.profile(organisation_id, date)
    if indicator["applies_to"] and (profile is None or profile["school_type"] not in indicator["applies_to"]):
        return False
    if not indicator["stages"]:
        return True
    stages = world.taught(organisation_id, date) if stage == "whole" else {stage}
    return bool(stages & set(indicator["stages"]))


def fact_of(world, elements, rows):
    if any(row and row["accepted_not_applicable"] for row in rows):
        return "not applicable"
    if any(row is None or row["accepted_number"] is None for row in rows):
        return "missing"
    return {
        world.elements[e]["code"]: Fraction(r["accepted_number"]) for e, r in zip(elements, rows, strict=True)
    }


def left_of(text):
    """`hours` of `hours >= threshold`, else nothing."""
    tree = ast.parse(text, mode="eval").body if text else None
    is_line = isinstance(tree, ast.Compare) and isinstance(tree.comparators[0], ast.Name)
    return ast.unparse(tree.left) if is_line and tree.comparators[0].id == "threshold" else ""


def value(text, names):
    """The formula's value, None where a line that it needs is not set."""
    if not text or ("threshold" in text and names["threshold"] is None):
        return None
    tree = ast.fix_missing_locations(Exact().visit(ast.parse(text, mode="eval")))
    found = eval(compile(tree, "formula", "eval"), {"__builtins__": {}, "exact": Fraction}, names)
    return Fraction(int(found)) if isinstance(found, bool) else Fraction(found)


class Exact(ast.NodeTransformer):
    """Turns 0.1 in a formula into a tenth."""

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            return node
        exact = ast.Constant(str(Decimal(str(node.value))))
        return ast.Call(ast.Name("exact", ast.Load()), [exact], [])
