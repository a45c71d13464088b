from django.db import models
from django.utils.translation import gettext_lazy as _


class Tier(models.TextChoices):
    CORE = "core", _("Core")
    STANDARD = "standard", _("Standard")
    OPTIONAL = "optional", _("Optional")


class Kind(models.TextChoices):
    RATE = "rate", _("Rate")
    COUNT = "count", _("Count")
    AMOUNT = "amount", _("Amount")
    BOOLEAN = "boolean", _("Yes or no")
    MILESTONE = "milestone", _("Milestone")
    LEVEL = "level", _("Level")
    CHANGE = "change_from_baseline", _("Change from baseline")
    DISPERSION = "dispersion", _("Dispersion")


class Aggregation(models.TextChoices):
    RATIO_OF_SUMS = "ratio_of_sums", _("Sum of numerators over sum of denominators")
    SUM = "sum", _("Sum")
    COUNT_TRUE = "count_true", _("Number that meet it")
    SHARE_TRUE = "share_true", _("Share that meet it")
    MIN = "min", _("Minimum")
    MAX = "max", _("Maximum")
    LATEST = "latest", _("Latest")
    DISTRICT_ONLY = "district_only", _("One figure for the district")
    WEIGHTED_CV = "weighted_cv", _("Weighted coefficient of variation")


class Accumulation(models.TextChoices):
    """How quarters of one year combine: a flow sums, a stock and a year-to-date figure take the latest."""

    FLOW = "flow", _("Flow: quarters are summed")
    STOCK = "stock", _("Stock: the latest counts")
    YEAR_TO_DATE = "year_to_date", _("Year to date: the latest counts and may not fall")


class Basis(models.TextChoices):
    """What a target speaks of: the value itself, or its change against the locked baseline."""

    VALUE = "value", _("Value")
    CHANGE = "change", _("Change from baseline")


class ValueType(models.TextChoices):
    INTEGER = "integer", _("Whole number")
    DECIMAL = "decimal", _("Number")
    BOOLEAN = "boolean", _("Yes or no")
    CHOICE = "choice", _("Choice")
    DATE = "date", _("Date")
    TEXT = "text", _("Text")


class Reporter(models.TextChoices):
    SCHOOL = "school", _("School")
    OFFICE = "office", _("Office")


class Privacy(models.TextChoices):
    AGGREGATE = "aggregate", _("Open inside the bureau")
    SMALL_CELL = "small_cell", _("Small numbers are hidden")
    RESTRICTED = "restricted", _("Owning office and leaders only")


class TargetSource(models.TextChoices):
    PLAN = "plan", _("Stated in the plan")
    PLAN_IMPLIED = "plan_implied", _("Implied by the plan's wording")
    BUREAU_TO_SET = "bureau_to_set", _("For the bureau to set")


class TargetOperator(models.TextChoices):
    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")
    WITHIN_RANGE = "within_range", _("within range")
    EQUAL = "equal", _("equal to")
    INCREASE_BY = "increase_by", _("increase by")
    DECREASE_BY = "decrease_by", _("decrease by")
    NO_WORSE = "no_worse_than_baseline", _("no worse than the baseline")
    COMPLETED = "completed", _("completed")


class TargetLevel(models.TextChoices):
    """DISTRICT: the district figure must meet it. SCHOOL: every single school must."""

    DISTRICT = "district", _("District")
    SCHOOL = "school", _("Every school")


class SliceKind(models.TextChoices):
    ALL = "all", _("All")
    STAGE = "stage", _("Stage")
    OWNERSHIP = "ownership", _("Ownership")
    SETTING = "setting", _("Urban or rural")


class MeasureStatus(models.TextChoices):
    """COMPLETED is what the lead office says; CLOSED (销号) that somebody else has checked it."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    COMPLETED = "completed", _("Completed, to be checked")
    CLOSED = "closed", _("Closed after check")
    RETURNED = "returned", _("Returned for correction")
    DELAYED = "delayed", _("Delayed")
    CANCELLED = "cancelled", _("Cancelled")


class StepStatus(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("Dropped")


class ScheduleKind(models.TextChoices):
    """By when how much of a target that builds up over the year is expected."""

    EVEN = "even", _("Evenly over the year")
    DUE_QUARTERS = "due_quarters", _("In equal parts over the quarters it is asked in")
    CHECKPOINTS = "checkpoints", _("By checkpoints of the bureau")


class RuleKind(models.TextChoices):
    """What a rule about reported facts holds them against."""

    AT_MOST = "at_most", _("Part and whole")
    SUM_AT_MOST = "sum_at_most", _("Sum of parts and whole")
    NOT_FALLING = "not_falling", _("Year to date may not fall")
    ABOVE = "above", _("Unusually large")
    JUMP_PREVIOUS = "jump_previous", _("Jump against the last figure")
    JUMP_LAST_YEAR = "jump_last_year", _("Jump against last year")
    PEER_OUTLIER = "peer_outlier", _("Far from schools of the same type")
    UNIT_SLIP = "unit_slip", _("Probably another unit")
    IDENTICAL = "identical", _("Nothing changed anywhere")


class Severity(models.TextChoices):
    """A hard rule stands in the way of submitting; a soft one asks for a short reason."""

    HARD = "hard", _("Stops submitting")
    SOFT = "soft", _("Asks for a reason")
