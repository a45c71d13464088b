from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    REPORTER = "reporter", _("School reporter")
    PRINCIPAL = "principal", _("Principal")
    OFFICE = "office", _("Office staff")
    DEPUTY = "deputy", _("Deputy director")
    LEADER = "leader", _("Bureau leader")
    ADMINISTRATOR = "administrator", _("Bureau administrator")
    AUDITOR = "auditor", _("Auditor")


SCHOOL_ROLES = frozenset({Role.REPORTER, Role.PRINCIPAL})
BUREAU_ROLES = frozenset({Role.OFFICE, Role.DEPUTY, Role.LEADER, Role.ADMINISTRATOR, Role.AUDITOR})
