"""Named predicates about a user and the organisation of a return."""

from __future__ import annotations

from apps.accounts.enums import Role
from apps.accounts.permissions import has_role, is_administrator, is_member_of, is_principal

reports = has_role(Role.REPORTER, Role.PRINCIPAL, Role.OFFICE)
reports_for = reports & is_member_of
signs_for = is_principal & is_member_of
plans_collection = is_administrator
