"""Loads a plan year from its files: read, check everything, then write what differs in one transaction."""

from apps.plans.loading.applying import apply
from apps.plans.loading.checks import check
from apps.plans.loading.reading import read
from apps.plans.loading.records import PlanBundle

__all__ = ["PlanBundle", "apply", "check", "read"]
