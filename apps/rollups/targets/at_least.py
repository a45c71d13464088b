"""At least so much; the limit is included (54 % 以上)."""

from apps.rollups.targets.base import TargetType


class AtLeast(TargetType):
    """达…以上, 不少于: reached from the limit on."""
