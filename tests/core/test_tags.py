from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation


def render(source, **context):
    return Template("{% load lusong %}" + source).render(Context(context))


@pytest.fixture
def area():
    return SimpleNamespace(name="体卫艺", name_en="Health", help_text="说明", help_text_en="")


def test_a_light_is_shape_word_and_colour():
    assert render("{% light status %}", status="achieved") == (
        '<span class="light light--achieved">'
        '<span class="light__shape" aria-hidden="true">●</span>已达成</span>'
    )


def test_more_than_planned_is_said():
    assert "已达成（超出计划）" in render('{% light "achieved" exceeded=True %}')


def test_a_compact_light_keeps_its_word_for_those_who_listen():
    text = render('{% light "off_track" compact=True %}')
    assert 'title="滞后"' in text
    assert '<span class="visually-hidden">滞后</span>' in text


def test_an_unknown_status_is_a_mistake():
    with pytest.raises(KeyError):
        render('{% light "great" %}')


def test_counts_of_zero_are_faint():
    assert "light--none" in render('{% light_count "achieved" 0 %}')
    assert "light--none" not in render('{% light_count "achieved" 2 %}')


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('{% number value 1 "%" %}', '<span class="num">1,234.6</span><span class="unit">%</span>'),
        ("{% number value %}", '<span class="num">1,235</span>'),
        ("{% number none %}", '<span class="num num--missing" title="无数值">–</span>'),
        ('{% number zero 0 "人" %}', '<span class="num">0</span><span class="unit">人</span>'),
        ("{% percent share %}", '<span class="num">93%</span>'),
        ("{% percent none %}", '<span class="num num--missing" title="无数值">–</span>'),
    ],
)
def test_numbers(source, text):
    values = {"value": Decimal("1234.56"), "none": None, "zero": 0, "share": Decimal("0.93")}
    assert render(source, **values) == text


def test_units_are_escaped():
    assert "<b>" not in render("{% number 1 0 unit %}", unit="<b>")


def test_names_follow_the_language(area):
    source = '{% local area %}|{{ area|local }}|{{ area|local:"help_text" }}|{% quarter 3 %}|{{ 3|quarter }}'
    assert render(source, area=area) == "体卫艺|体卫艺|说明|第三季度|第三季度"
    with translation.override("en"):
        assert render(source, area=area) == "Health|Health|说明|Third quarter|Third quarter"


def test_a_query_keeps_what_is_not_changed():
    request = RequestFactory().get("/?q=一小&page=3&role=office")
    text = render("{% query page=2 role=None %}", request=request)
    assert text == "?q=%E4%B8%80%E5%B0%8F&amp;page=2"
