"""What the tables of one plan share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.core.exchanging.resources import ServiceResource
from apps.plans.models import AnnualPlan, Indicator


class PlanResource(ServiceResource):
    """A table of one plan."""

    def __init__(self, *, by: Any, plan: AnnualPlan) -> None:
        super().__init__(by=by)
        self.plan = plan

    def indicators(self) -> Any:
        """Return the indicators that the reader may know of, in the order of the plan."""
        visible = Indicator.objects.visible_to(self.by).filter(plan=self.plan)
        return visible.select_related("area", "lead_office", "plan").order_by(
            "area__number", "position", "code"
        )

    def indicators_by_code(self) -> Mapping[str, Indicator]:
        return {indicator.code: indicator for indicator in self.indicators()}
