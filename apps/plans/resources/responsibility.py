"""The 责任分解表: who answers for which measure, by when."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.accounts.resources import offices_by_words
from apps.core.exchanging.resources import Record, column
from apps.core.exchanging.widgets import Code, Day, Figure, Known, Several, Text, in_order
from apps.plans.models import Measure
from apps.plans.resources.plan_resource import PlanResource
from apps.plans.setting_up import area_lead_set, measure_assign


class ResponsibilityResource(PlanResource):
    """Measures with who leads and supports them; the lead leader is the area's."""

    name = gettext_lazy("Division of responsibility")
    about = gettext_lazy(
        "Says for each measure the lead office, the supporting offices and the date. The lead leader is"
        " that of the "
        "whole area: write the same person in all rows of an area."
    )
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
            .select_related("area__lead_leader", "area__plan", "lead_office")
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
                leader=measure.area.lead_leader,
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
        self.leads: dict[int, tuple[Any, int]] = {}
        return {
            "leaders": leaders | {person.username: person for person in people},
            "offices": offices_by_words(self.by),
        }

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        """Two rows of one area must not name two leaders, whether either of them changes anything or not."""
        if self.fields["leader"].column_name not in row:
            return
        try:
            leader = self.fields["leader"].clean(row, lookups=self.lookups)
        except ValueError:
            return
        area = instance.thing.area_id
        first, number = self.leads.setdefault(area, (leader, kwargs["row_number"]))
        if first != leader:
            raise ValidationError(
                {
                    "leader": _("Row %(row)s names another leader for this area.")
                    % {"row": self.file_row(number)}
                }
            )

    def apply(self, record: Record, before: Record | None) -> None:
        assert before is not None
        measure = before.thing
        if record.leader != measure.area.lead_leader:
            area_lead_set(area=measure.area, leader=record.leader, by=self.by)
        measure_assign(
            measure=measure,
            lead_office=record.lead_office,
            supporting_offices=record.supporting,
            due_on=record.due_on,
            by=self.by,
        )
