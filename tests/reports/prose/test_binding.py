"""A figure or a judgement that does not follow from the release is never written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from apps.reports.prose import slots
from apps.reports.prose.bound import Bound, ProseError, Sentence, Source
from apps.reports.prose.facts import Facts
from apps.reports.prose.prose import Prose, checked, templates
from apps.reports.prose.vocabulary import loose_words
from tests.reports import editions

pytestmark = pytest.mark.django_db  # the release is made in the test database


@pytest.fixture(scope="module")
def facts(small_content):
    return Facts(editions.edition(small_content))


def sentence(*pieces) -> Sentence:
    return Sentence("here", pieces)


def fault(facts, *pieces) -> str:
    with pytest.raises(ProseError) as refused:
        checked(sentence(*pieces), facts)
    assert refused.value.place == "here"
    return refused.value.fault


def test_no_template_says_a_figure_or_a_judgement_itself():
    import re

    for key, found in templates().items():
        for one in [found] if isinstance(found, str) else found:
            assert loose_words(re.sub(r"\{.*?\}", "", one)) == [], key


@pytest.mark.parametrize("said", ["本期达到54%。", "完成三项。", "进展顺利。", "指标滞后。", "提高５点。"])
def test_loose_figures_and_judgements_are_refused(facts, said):
    assert "没有数据依据" in fault(facts, said)


def test_a_text_that_does_not_follow_from_its_value_is_refused(facts):
    honest = slots.figure(facts, "BAD")
    assert honest.text == "40.0%"
    assert "与其数值不符" in fault(facts, "优良率", replace(honest, text="40.1%"))


def test_another_value_than_the_release_s_is_refused(facts):
    honest = slots.figure(facts, "BAD")
    other = replace(facts.reading("BAD"), value=honest.value.value + 1)
    assert "与发布数据不一致" in fault(facts, replace(honest, text="41.0%", value=other))


@pytest.mark.parametrize("word", ["achieved", "on_track", "at_risk"])
def test_an_adjective_against_the_status_is_refused(facts, word):
    assert facts.reading("BAD").status == "off_track"
    lie = slots.word(facts, ["BAD"], word)
    assert fault(facts, "该指标", lie) != ""
    claimed = Bound(
        "已达成", (Source("BAD", 3, "status"),), "achieved", lambda of: of.reading("BAD").status, str
    )
    assert "与发布数据不一致" in fault(facts, claimed)


def test_a_count_of_the_wrong_number_is_refused(facts):
    honest = slots.count_status(facts, ["GOOD", "BAD"], "achieved")
    assert honest.text == "1"
    assert "与发布数据不一致" in fault(facts, replace(honest, text="2", value=2))


def test_a_good_sentence_knows_what_it_rests_on(facts):
    said = Prose(facts).say(
        "behind_item",
        "there",
        name=slots.name(facts, "BAD"),
        verdict=slots.verdict(facts, "BAD"),
        office=slots.office(facts, "BAD"),
    )
    assert said.text.startswith("BAD优良率40.0%，目标不低于54%，还差14.0个百分点")
    assert {source.field for source in said.sources} >= {"value", "gap", "target", "name", "lead_office"}


def test_small_numbers_are_told_as_confidential_only(small_content):
    from apps.reports.releases.audience import CIRCULATION

    hidden = Facts(editions.edition(small_content, CIRCULATION))
    assert hidden.reading("FEW").is_hidden
    assert (slots.figure(hidden, "FEW").text, slots.light(hidden, "FEW").text) == ("保密", "保密")
