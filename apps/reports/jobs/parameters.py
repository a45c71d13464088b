"""The forms that ask for a report's parameters and check them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.permissions import is_bureau_member
from apps.core import clock
from apps.core.jobs.kinds import Parameters
from apps.dashboards import wording
from apps.dashboards.selectors import last_ended_quarter
from apps.plans.models import AnnualPlan


@dataclass(frozen=True)
class Occasion:
    """What a schedule sends a report for: a plan's quarter, the release it is of, for which readers."""

    plan: AnnualPlan
    quarter: int
    release: Any
    reach: str


class ParametersForm(forms.Form):
    """A report without parameters. A kind's own form adds fields, and says who is offered it."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def nothing_yet(self) -> str:
        """Say why the report cannot be asked for at present, empty when it can."""
        return ""

    @classmethod
    def offered_to(cls, user: User) -> bool:
        """Tell whether the report is offered to a user at all (no query)."""
        return is_bureau_member(user)

    @classmethod
    def words(cls, parameters: Parameters) -> str:
        """Return checked parameters as a person reads them, in the language in force (no query)."""
        return ""

    @classmethod
    def scheduled(cls, user: User, occasion: Occasion) -> Parameters | None:
        """Return what a schedule asks for on an occasion for one recipient; None: nothing is there for it."""
        return {}

    def parameters(self) -> dict[str, Any]:
        """Return what was checked, as JSON takes it."""
        return dict(self.cleaned_data)


class QuarterForm(ParametersForm):
    """A quarter of a plan that the user may see."""

    year = forms.TypedChoiceField(label=_("Plan"), coerce=int)
    quarter = forms.TypedChoiceField(label=_("Quarter"), coerce=int)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        plans = AnnualPlan.objects.visible_to(user).order_by("-year")
        years = list(plans.values_list("year", flat=True).distinct())
        year: Any = self.fields["year"]
        year.choices = [(value, str(value)) for value in years]
        quarter: Any = self.fields["quarter"]
        quarter.choices = [(value, wording.quarter_name(value)) for value in (1, 2, 3, 4)]
        self.initial.setdefault("year", _this_year(years))
        plan = plans.filter(year=self.initial["year"]).first()
        if plan is not None:
            last = last_ended_quarter(plan.periods.all(), today=clock.today())
            self.initial.setdefault("quarter", last)

    @classmethod
    def scheduled(cls, user: User, occasion: Occasion) -> Parameters | None:
        return {"year": occasion.plan.year, "quarter": occasion.quarter}

    @classmethod
    def words(cls, parameters: Parameters) -> str:
        quarter = wording.quarter_name(parameters["quarter"])
        return gettext("%(quarter)s %(year)s") % {"quarter": quarter, "year": parameters["year"]}


def _this_year(years: list[int]) -> int | None:
    today = clock.today().year
    return today if today in years else next(iter(years), None)
