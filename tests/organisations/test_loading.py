"""The region tree and the offices: loaded once, unchanged by a second run, with a right closure."""

from io import StringIO

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from apps.core.loading import Problems
from apps.organisations import loading
from apps.organisations.models import Organisation, Region, RegionAncestor
from apps.organisations.services import ancestors_rebuild
from tests.factories import SchoolFactory

FILE = settings.BASE_DIR / "fixtures" / "organisations" / "430203.yaml"


def run(path=FILE, **options):
    out = StringIO()
    call_command("load_organisations", path=path, stdout=out, **options)
    return out.getvalue()


def closure():
    links = RegionAncestor.objects.order_by("descendant__code", "distance")
    return list(links.values_list("descendant__code", "ancestor__code", "distance"))


TREE = [
    ("100000", "100000", 0),
    ("430000", "430000", 0),
    ("430000", "100000", 1),
    ("430200", "430200", 0),
    ("430200", "430000", 1),
    ("430200", "100000", 2),
    ("430203", "430203", 0),
    ("430203", "430200", 1),
    ("430203", "430000", 2),
    ("430203", "100000", 3),
]


@pytest.mark.django_db
def test_the_tree_from_nation_to_district():
    run()
    regions = Region.objects.order_by("code").values_list("code", "name", "level", "parent__code")
    assert list(regions) == [
        ("100000", "中华人民共和国", "nation", None),
        ("430000", "湖南省", "province", "100000"),
        ("430200", "株洲市", "city", "430000"),
        ("430203", "芦淞区", "district", "430200"),
    ]
    assert closure() == TREE


@pytest.mark.django_db
def test_the_13_offices_in_pinyin_order():
    run()
    offices = Organisation.objects.offices().filter(region__code="430203")
    assert [(office.code.removeprefix("430203-"), office.name) for office in offices] == [
        ("ANQUAN", "安全股"),
        ("BANGONG", "办公室"),
        ("DANGJIAN", "党建办"),
        ("DIANJIAO", "电教信息中心"),
        ("DUDAO", "督导室"),
        ("JIAOYAN", "教研中心"),
        ("JICAI", "计财股"),
        ("JIJIAO", "基教股"),
        ("MINBAN", "民办教育与校外培训监管股"),
        ("RENSHI", "人事股"),
        ("SHIXUN", "师训"),
        ("TIWEI", "体卫艺股"),
        ("XUEQIAN", "学前教育股"),
    ]
    assert not any(office.is_demo or office.name_en == "" for office in offices)


@pytest.mark.django_db
def test_a_second_run_changes_nothing():
    assert run() == "region: created 4\noffice: created 13\n"
    before = list(Organisation.objects.values()), list(RegionAncestor.objects.order_by("pk").values())
    assert run() == "region: left as it was 4\noffice: left as it was 13\n"
    assert (
        list(Organisation.objects.values()),
        list(RegionAncestor.objects.order_by("pk").values()),
    ) == before


@pytest.mark.django_db
def test_a_changed_name_is_written_and_schools_and_dates_are_left():
    run()
    school = SchoolFactory(region=Region.objects.get(code="430203"))
    Organisation.objects.filter(code="430203-SHIXUN").update(name="旧名", opened_on="2010-01-01")
    assert run().splitlines()[-1] == "  office 师训: changed (name)"
    office = Organisation.objects.get(code="430203-SHIXUN")
    assert (office.name, str(office.opened_on)) == ("师训", "2010-01-01")
    assert Organisation.objects.schools().get() == school


@pytest.mark.django_db
def test_the_closure_follows_a_moved_region():
    run()
    other = Region.objects.create(
        code="430300",
        name="示例市",
        name_en="Example",
        level="city",
        parent=Region.objects.get(code="430000"),
    )
    Region.objects.filter(code="430203").update(parent=other)
    ancestors_rebuild()
    moved = [row for row in closure() if row[0] == "430203"]
    assert moved == [
        ("430203", "430203", 0),
        ("430203", "430300", 1),
        ("430203", "430000", 2),
        ("430203", "100000", 3),
    ]


def spoilt(tmp_path, change):
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    change(content)
    path = tmp_path / "430203.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    problems = Problems()
    loading.read(path, problems)
    return [str(problem) for problem in problems.found]


PARENT = "a region comes after its parent and one level below it; only the nation has none."


@pytest.mark.parametrize(
    ("change", "problems"),
    [
        (lambda file: None, []),
        (
            lambda file: file["regions"][3].update(parent="430000"),
            [f"430203.yaml, regions 4: {PARENT}"],
        ),
        (lambda file: file["regions"].reverse(), [f"430203.yaml, regions {n}: {PARENT}" for n in (1, 2, 3)]),
        (
            lambda file: file["regions"][0].update(code="00"),
            ["430203.yaml, regions 1: 00 is not a six-digit code.", f"430203.yaml, regions 2: {PARENT}"],
        ),
        (
            lambda file: file["regions"].append(file["regions"][3]),
            ["430203.yaml, regions 5: 430203 stands there twice."],
        ),
        (
            lambda file: file.update(district="430299"),
            ["430203.yaml: the district 430299 is not among the regions."],
        ),
        (
            lambda file: file["offices"][1].update(key="BANGONG"),
            ["430203.yaml, offices 2: BANGONG stands there twice."],
        ),
        (
            lambda file: file["offices"][0].update(key="bangong"),
            ["430203.yaml, offices 1: the key bangong must be capital letters."],
        ),
        (
            lambda file: file["offices"][0].pop("name_en"),
            ["430203.yaml, offices 1: name_en is missing."],
        ),
        (lambda file: file.pop("offices_since"), ["430203.yaml: offices_since is missing."]),
        (lambda file: file.update(leader="某人"), ["430203.yaml: leader is not a key of this record."]),
    ],
)
def test_mistakes_are_named(change, problems, tmp_path):
    assert spoilt(tmp_path, change) == problems


@pytest.mark.django_db
def test_the_command_refuses_and_writes_nothing(tmp_path):
    with pytest.raises(CommandError) as refusal:
        run(tmp_path / "nothing.yaml")
    assert str(refusal.value).splitlines()[:2] == [
        "Nothing was loaded.",
        f"nothing.yaml: there is no such file in {tmp_path}.",
    ]
    assert Region.objects.count() == 0


@pytest.mark.django_db
def test_check_writes_nothing():
    assert run(check=True) == "No mistakes found.\n"
    assert Region.objects.count() == 0
