"""Schools and offices as tables: what they are now, and changes of it as dated events."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import clock
from apps.core.exchanging.resources import Record, ServiceResource, column
from apps.core.exchanging.widgets import Choice, Code, Day, Several, Text, in_order
from apps.organisations import services
from apps.organisations.enums import Ownership, SchoolType, Setting, Stage
from apps.organisations.models import Organisation, SchoolProfile, SchoolStage


class SchoolResource(ServiceResource):
    """Open schools with their current profile and stages."""

    name = gettext_lazy("Schools")
    about = gettext_lazy(
        "Opens new schools and records renamings and changes of ownership, type, setting and stages from the "
        "day in the column 变更日期 on (today when empty). The code never changes."
    )
    creates = True
    asides = ("changed_on", "note")
    code = column("code", "学校代码", Code(required=True))
    school_name = column("name", "学校名称", Text(required=True, longest=100))
    name_en = column("name_en", "英文名称", Text(longest=150))
    sort_key = column("sort_key", "拼音", Text(longest=100))
    school_type = column("school_type", "学校类型", Choice(SchoolType, required=True))
    type_code = column("type_code", "类型代码", Code(longest=3))
    ownership = column("ownership", "办学性质", Choice(Ownership, required=True))
    setting = column("setting", "城乡", Choice(Setting, required=True))
    stages = column("stages", "学段", Several(Choice(Stage), required=True))
    opened_on = column("opened_on", "成立日期", Day())
    changed_on = column("changed_on", "变更日期", Day())
    note = column("note", "说明", Text(longest=300))

    def records(self) -> list[Record]:
        current = {
            "profiles": SchoolProfile.objects.filter(valid_to__isnull=True),
            "stages": SchoolStage.objects.filter(valid_to__isnull=True),
        }
        schools = (
            Organisation.objects.in_region_of(self.by)
            .schools()
            .filter(closed_on__isnull=True)
            .order_by("code")
            .prefetch_related(
                *(Prefetch(name, rows, to_attr=f"current_{name}") for name, rows in current.items())
            )
        )
        return [_record(school) for school in schools]

    def apply(self, record: Record, before: Record | None) -> None:
        if before is None:
            self._open(record)
        else:
            self._change(record, before)

    def _open(self, record: Record) -> None:
        if record.opened_on is None:
            raise ValidationError({"opened_on": _("A new school needs the day it opened.")})
        names = [field.attribute for field in self.columns() if field.attribute != "changed_on"]
        services.school_open(
            region=self.by.region, by=self.by, **{name: getattr(record, name) for name in names}
        )

    def _change(self, record: Record, before: Record) -> None:
        if record.opened_on != before.opened_on:
            raise ValidationError({"opened_on": _("The day of opening is not changed here.")})
        known = {"school": before.thing, "by": self.by, "note": record.note}
        known["on"] = record.changed_on or clock.today()
        names = ("name", "name_en", "sort_key")
        if record.name != before.name:
            services.school_rename(**known, **{name: getattr(record, name) for name in names})
        elif any(getattr(record, name) != getattr(before, name) for name in names):
            raise ValidationError({"name": _("Pinyin and English name change together with the name only.")})
        if record.ownership != before.ownership:
            services.school_ownership_change(ownership=record.ownership, **known)
        kept = ("school_type", "type_code", "setting", "stages")
        if any(getattr(record, name) != getattr(before, name) for name in kept):
            services.school_retype(**known, **{name: getattr(record, name) for name in kept})


def _record(school: Any) -> Record:
    profile = school.current_profiles[0] if school.current_profiles else SchoolProfile()
    return Record(
        thing=school,
        code=school.code,
        name=school.name,
        name_en=school.name_en,
        sort_key=school.sort_key,
        school_type=profile.school_type,
        type_code=profile.type_code,
        ownership=profile.ownership,
        setting=profile.setting,
        stages=in_order(row.stage for row in school.current_stages),
        opened_on=school.opened_on,
        changed_on=None,
        note="",
    )


class OfficeResource(ServiceResource):
    """The offices of the bureau; their codes stand in the plan's files."""

    name = gettext_lazy("Offices")
    about = gettext_lazy("Changes the names of offices. Offices themselves come with the plan.")
    code = column("code", "股室代码", Code(required=True))
    office_name = column("name", "股室名称", Text(required=True, longest=100))
    name_en = column("name_en", "英文名称", Text(longest=150))
    sort_key = column("sort_key", "拼音", Text(longest=100))

    def records(self) -> list[Record]:
        offices = Organisation.objects.in_region_of(self.by).offices().order_by("code")
        return [
            Record(thing=row, code=row.code, name=row.name, name_en=row.name_en, sort_key=row.sort_key)
            for row in offices
        ]

    def apply(self, record: Record, before: Record | None) -> None:
        assert before is not None
        services.office_update(
            office=before.thing,
            name=record.name,
            name_en=record.name_en,
            sort_key=record.sort_key,
            by=self.by,
        )
