"""Done by a date, step by step (年内过省级评估): all steps by the deadline, and no step long overdue."""

from __future__ import annotations

from django.utils.translation import gettext

from apps.rollups.targets.base import Said, TargetType


class Completed(TargetType):
    """完成: the last step is what counts; the steps before it follow the schedule."""

    def sentence(self, said: Said) -> str:
        if said.is_met:
            return gettext("%(value)s; it is to be completed, and it is") % vars(said)
        return gettext("%(value)s; it is to be completed, %(gap)s to go") % vars(said)
