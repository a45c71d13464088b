"""Small rows for tests. Append only; each makes the least that its constraints ask for."""

import datetime as dt

import factory
from factory.django import DjangoModelFactory

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.organisations.models import Organisation, Region, RegionAncestor, SchoolProfile, SchoolStage
from apps.plans.models import (
    AnnualPlan,
    DataElement,
    Indicator,
    IndicatorElement,
    PlanPolicy,
    TaskArea,
    ValidationRule,
)


class RegionFactory(DjangoModelFactory):
    """A region with its closure rows: nation by default, below `parent` otherwise."""

    class Meta:
        model = Region
        django_get_or_create = ("code",)
        skip_postgeneration_save = True

    code = "430203"
    name = "示例区"
    name_en = "Example District"
    level = factory.LazyAttribute(lambda row: "district" if row.parent else "nation")
    parent = None

    @factory.post_generation
    def closure(self, create, extracted, **kwargs):
        links = [(self, 0)]
        above, distance = self.parent, 1
        while above is not None:
            links.append((above, distance))
            above, distance = above.parent, distance + 1
        for ancestor, steps in links:
            RegionAncestor.objects.get_or_create(
                ancestor=ancestor, descendant=self, defaults={"distance": steps}
            )


class OfficeFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = "office"
    region = factory.SubFactory(RegionFactory)
    code = factory.Sequence(lambda n: f"430203-OFFICE{n}")
    name = factory.Sequence(lambda n: f"示例股室{n}")
    sort_key = factory.Sequence(lambda n: f"shili{n:04}")
    opened_on = dt.date(2000, 1, 1)


class SchoolFactory(DjangoModelFactory):
    """A school, its profile and stages: SchoolFactory(profile={"setting": "rural"}, stages=["senior"])."""

    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    kind = "school"
    region = factory.SubFactory(RegionFactory)
    code = factory.Sequence(lambda n: f"{3143000000 + n}")
    name = factory.Sequence(lambda n: f"示例学校{n}")
    sort_key = factory.Sequence(lambda n: f"shilixuexiao{n:04}")
    opened_on = dt.date(2010, 9, 1)

    @factory.post_generation
    def profile(self, create, extracted, **kwargs):
        defaults = {"school_type": "primary", "ownership": "public", "setting": "urban"}
        SchoolProfile.objects.create(
            organisation=self, name=self.name, valid_from=self.opened_on, **{**defaults, **(extracted or {})}
        )

    @factory.post_generation
    def stages(self, create, extracted, **kwargs):
        for stage in extracted or ["primary"]:
            SchoolStage.objects.create(organisation=self, stage=stage, valid_from=self.opened_on)


class UserFactory(DjangoModelFactory):
    """Password is `password`; role reporter needs an organisation."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user{n}")
    name = factory.Sequence(lambda n: f"示例人员{n}")
    role = Role.REPORTER
    region = factory.LazyAttribute(
        lambda row: row.organisation.region if row.organisation else RegionFactory()
    )
    organisation = None
    password = factory.django.Password("password")


class PlanFactory(DjangoModelFactory):
    """A plan with its policy: core tier only, two reviewing offices."""

    class Meta:
        model = AnnualPlan
        skip_postgeneration_save = True

    region = factory.SubFactory(RegionFactory)
    year = 2025
    title = "示例工作要点"
    publisher = "示例教育局"
    published_on = dt.date(2025, 3, 10)
    text = "示例正文"
    text_sha256 = "0" * 64

    @factory.post_generation
    def policy(self, create, extracted, **kwargs):
        offices = {
            name: OfficeFactory(region=self.region)
            for name in ("cross_review_office", "second_review_office")
        }
        PlanPolicy.objects.create(plan=self, **{"enabled_tiers": ["core"], **offices, **(extracted or {})})


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = TaskArea

    plan = factory.SubFactory(PlanFactory)
    number = factory.Sequence(lambda n: n + 1)
    name = factory.Sequence(lambda n: f"示例任务{n}")
    name_en = "Example area"
    text = "示例正文"
    lead_office = factory.SubFactory(OfficeFactory)


class ElementFactory(DjangoModelFactory):
    class Meta:
        model = DataElement

    code = factory.Sequence(lambda n: f"element_{n}")
    name = factory.Sequence(lambda n: f"示例数据项{n}")
    name_en = factory.Sequence(lambda n: f"Example fact {n}")
    value_type = "integer"
    accumulation = "stock"
    reporter = "school"
    unit = "人"
    minimum = 0


class IndicatorFactory(DjangoModelFactory):
    """An indicator over `elements`: the first is its numerator, the second its denominator."""

    class Meta:
        model = Indicator
        skip_postgeneration_save = True

    area = factory.SubFactory(AreaFactory)
    plan = factory.SelfAttribute("area.plan")
    code = factory.Sequence(lambda n: f"X-{n}")
    name = factory.Sequence(lambda n: f"示例指标{n}")
    name_en = "Example indicator"
    tier = "core"
    kind = "rate"
    aggregation = "ratio_of_sums"
    direction = "at_least"
    accumulation = "stock"
    unit = "%"
    decimals = 1
    numerator = "0"
    reporter = "school"
    due_quarters = [1, 2, 3, 4]
    lead_office = factory.SelfAttribute("area.lead_office")
    source_quote = "示例"
    quote_start = 0
    quote_end = 2
    position = factory.Sequence(lambda n: n)

    @factory.post_generation
    def elements(self, create, extracted, **kwargs):
        for place, element in enumerate(extracted or []):
            IndicatorElement.objects.create(
                indicator=self, element=element, in_numerator=place == 0, in_denominator=place > 0
            )
        if extracted and self.numerator == "0":
            self.numerator = extracted[0].code
            self.denominator = extracted[1].code if len(extracted) > 1 else ""
            self.save()


def rule(left: DataElement, right: DataElement) -> ValidationRule:
    """Make the hard rule left ≤ right."""
    return ValidationRule.objects.create(kind="at_most", element=left, other=right, severity="hard")


def warning(kind: str, element: DataElement | None = None, limit: object = None, **more) -> ValidationRule:
    """Make a rule that asks for a reason; without an element for every figure."""
    return ValidationRule.objects.create(
        kind=kind, element=element, limit=limit, **{"severity": "soft", **more}
    )
