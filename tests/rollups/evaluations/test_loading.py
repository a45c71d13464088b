"""The files of the evaluations: what is wrong is named, and what they name exists."""

import yaml

from apps.core.loading import Problems
from apps.plans.loading import read as read_plan
from apps.rollups.evaluations.loading import FOLDER, evaluations, read
from apps.rollups.evaluations.system_checks import evaluation_files


def test_everything_they_name_is_in_the_plan_and_the_district():
    plan = read_plan(FOLDER.parent / "plans" / "2025", Problems())
    offices = yaml.safe_load((FOLDER.parent / "organisations" / "430203.yaml").read_text("utf-8"))
    keys = {office["key"] for office in offices["offices"]}
    elements = {element.code for element in plan.elements}
    indicators = {indicator.code for indicator in plan.indicators}
    for evaluation in evaluations().values():
        assert evaluation.elements <= elements
        named = {check.indicator for check in evaluation.checks} | {evaluation.indicator, *evaluation.also_in}
        assert named - {""} <= indicators
        assert {check.office for check in evaluation.checks} - {""} <= keys
        assert all(check.source for check in evaluation.checks)
    assert evaluation_files() == []


def test_the_lines_are_those_of_the_national_rules():
    rules = evaluations()["balanced"].resources
    lines = [(str(rule.limits["primary"]), str(rule.limits["junior"])) for rule in rules]
    assert lines == [
        ("4.2", "5.3"),
        ("1", "1"),
        ("0.9", "0.9"),
        ("4.5", "5.8"),
        ("7.5", "10.2"),
        ("2000", "2500"),
        ("2.3", "2.4"),
    ]
    dispersion = {(str(r.dispersion["primary"]), str(r.dispersion["junior"])) for r in rules}
    assert dispersion == {("0.5", "0.45")}


def test_mistakes_are_all_named(tmp_path):
    content = yaml.safe_load((FOLDER / "preschool.yaml").read_text("utf-8"))
    content["school_rules"][0]["limits"] = {"nursery": 1}
    content["checks"][0]["group"] = "nowhere"
    content["checks"][1]["surprise"] = 1
    content["checks"].append(dict(content["checks"][2]))
    path = tmp_path / "preschool.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    problems = Problems()
    read(path, problems)
    told = "\n".join(map(str, problems.found))
    assert len(problems.found) == 4
    assert all(word in told for word in ("nursery", "nowhere", "surprise", "P13"))
