"""Zero and nothing else (清零): an upper limit of 0, never a division by the target."""

from __future__ import annotations

from django.utils.translation import gettext

from apps.rollups.targets.at_most import AtMost
from apps.rollups.targets.base import Said


class Zero(AtMost):
    """清零, 零增长: a single case breaks it, and blank is not zero."""

    def sentence(self, said: Said) -> str:
        if said.is_met:
            return gettext("%(value)s; none is allowed, and there is none") % vars(said)
        return gettext("%(value)s; none is allowed") % vars(said) + self.fewer(said)
