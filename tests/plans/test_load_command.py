"""manage.py load_plan: what it says, what it refuses, what it leaves alone."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.plans.models import (
    AnnualPlan,
    DataElement,
    Indicator,
    Measure,
)
from tests.plans.files import PlanFiles

pytestmark = pytest.mark.django_db


def run(folder, **options):
    out = StringIO()
    call_command("load_plan", path=folder, stdout=out, **options)
    return out.getvalue()


def test_the_command_says_what_it_did(tmp_path):
    folder = PlanFiles().write(tmp_path / "plan")
    first = run(folder).splitlines()
    assert first == [
        "region: created 4",
        "office: created 13",
        "plan: created 1",
        "policy: created 1",
        "area: created 2",
        "data element: created 5",
        "rule: created 1",
        "indicator: created 4",
        "target: created 4",
        "measure: created 2",
    ]
    again = run(folder).splitlines()
    assert again[-1] == "Nothing had changed."
    assert again[:-1] == [line.replace("created", "left as it was") for line in first]


def test_the_command_refuses_with_every_mistake_and_writes_nothing(tmp_path):
    files = PlanFiles()
    files.indicator("ZERO")["quote"] = "没有的话"
    files.measures[0]["offices"] = ["NOBODY"]
    with pytest.raises(CommandError) as refusal:
        run(files.write(tmp_path / "plan"))
    assert str(refusal.value).splitlines() == [
        "Nothing was loaded. Mistakes found: 2",
        "- measures.yaml: M1: there is no office NOBODY.",
        "- indicators.yaml: ZERO: “没有的话” is not in the text of area 2.",
    ]
    assert (AnnualPlan.objects.count(), DataElement.objects.count()) == (0, 0)


def test_a_refusal_in_the_middle_undoes_all(tmp_path):
    run(PlanFiles().write(tmp_path / "plan"))
    Measure.objects.filter(code="M2").update(status="in_progress")
    files = PlanFiles()
    files.indicator("MYOPIA")["name"] = "新名"
    files.measures = files.measures[:1]
    with pytest.raises(CommandError, match="M2 has begun"):
        run(files.write(tmp_path / "plan"))
    assert Indicator.objects.get(code="MYOPIA").name == "指标MYOPIA"


def test_check_writes_nothing(tmp_path):
    assert run(PlanFiles().write(tmp_path / "plan"), check=True) == "No mistakes found.\n"
    assert AnnualPlan.objects.count() == 0


def test_if_empty_leaves_a_plan_alone(tmp_path):
    files = PlanFiles()
    run(files.write(tmp_path / "plan"), if_empty=True)
    files.plan["title"] = "另一个标题"
    said = run(files.write(tmp_path / "plan"), if_empty=True)
    assert said == "There is a plan already; nothing was loaded.\n"
    assert AnnualPlan.objects.get().title == "示例工作要点"


def test_a_folder_without_files_is_refused_in_words(tmp_path):
    with pytest.raises(CommandError, match=r"plan\.yaml: there is no such file in"):
        run(tmp_path / "nowhere")
