"""The 责任分解表: who answers for which measure, by when."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.utils.translation import gettext_lazy

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.resources import offices_by_words
from apps.core.exchanging.resources import Record, column
from apps.core.exchanging.widgets import Code, Day, Figure, Known, Several, Text, in_order
from apps.plans.measures.services import measure_assign
from apps.plans.models import Measure
from apps.plans.resources.plan_resource import PlanResource
from apps.plans.setting_up import area_lead_set


class ResponsibilityResource(PlanResource):
    """Measures with who leads and supports them; a leader named in every row of an area leads the area."""

    name = gettext_lazy("Division of responsibility")
    about = gettext_lazy(
        "Says for each measure the lead leader, the lead office, the supporting offices and the date."
        " The same leader in all rows of an area leads the area; otherwise each leads the measures that"
        " name them."
    )
    named_by = "measure_name"
    code = column("code", "举措代码", Code(required=True))
    area = column("area", "任务编号", Figure(), readonly=True)
    area_name = column("area_name", "工作任务", readonly=True)
    measure_name = column("name", "举措", readonly=True)
    leader = column("leader", "牵头领导", Known("leaders", shown=lambda row: row.name))
    lead_office = column(
        "lead_office", "牵头股室", Known("offices", required=True, shown=lambda row: row.name)
    )
    supporting = column("supporting", "配合股室", Several(Known("offices", shown=lambda row: row.name)))
    due_on = column("due_on", "完成时限", Day())
    check_text = column("check_text", "销号标准", Text(), readonly=True)

    def records(self) -> list[Record]:
        measures = (
            Measure.objects.filter(area__plan=self.plan)
            .select_related("area__lead_leader", "area__plan", "lead_office", "lead_leader")
            .prefetch_related("supporting_offices")
            .order_by("area__number", "code")
        )
        return [
            Record(
                thing=measure,
                code=measure.code,
                area=measure.area.number,
                area_name=measure.area.name,
                name=measure.name,
                leader=measure.leader,
                lead_office=measure.lead_office,
                supporting=in_order(measure.supporting_offices.all()),
                due_on=measure.due_on,
                check_text=measure.check_text,
            )
            for measure in measures
        ]

    def find(self) -> dict[str, Any]:
        people = User.objects.filter(
            region=self.plan.region_id, role__in=(Role.LEADER, Role.DEPUTY), is_active=True
        )
        names = [person.name for person in people]
        leaders = {person.name: person for person in people if names.count(person.name) == 1}
        return {
            "leaders": leaders | {person.username: person for person in people},
            "offices": offices_by_words(self.by),
        }

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Find the areas all of whose measures name one and the same leader."""
        named: dict[int, set[str]] = defaultdict(set)
        rows: Counter[int] = Counter()
        codes, leaders = self.fields["code"].column_name, self.fields["leader"].column_name
        measures = {record.code: record.thing for record in self.known.values()}
        for row in dataset.dict:
            measure = measures.get(str(row.get(codes, "")).strip())
            if measure is not None and leaders in row:
                named[measure.area_id].add(str(row[leaders] or "").strip())
                rows[measure.area_id] += 1
        sizes = Counter(measure.area_id for measure in measures.values())
        self.of_one = {area for area, who in named.items() if len(who) == 1 and rows[area] == sizes[area]}

    def apply(self, record: Record, before: Record | None) -> None:
        assert before is not None
        measure, leader = before.thing, record.leader
        if measure.area_id in self.of_one and leader is not None and leader != measure.area.lead_leader:
            measure.area.lead_leader = area_lead_set(area=measure.area, leader=leader, by=self.by).lead_leader
        measure_assign(
            measure=measure,
            lead_office=record.lead_office,
            supporting_offices=record.supporting,
            lead_leader=None if leader == measure.area.lead_leader else leader,
            due_on=record.due_on,
            by=self.by,
        )
