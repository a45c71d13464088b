import pytest
from babel.messages.catalog import Catalog

from apps.core import catalogues


@pytest.fixture
def base(tmp_path):
    """A source tree with two apps, a template of one of them and a shared template."""
    files = {
        "apps/core/apps.py": "",
        "apps/plans/apps.py": 'from django.utils.translation import gettext_lazy as _\nx = _("Plan")\n',
        "apps/plans/migrations/0001.py": '_("Never")\n',
        "apps/plans/more.py": 'ngettext("%(n)d school", "%(n)d schools", n)\npgettext("month", "May")\n',
        "templates/plans/list.html": '  <h1>{% load i18n %}{% translate "Title" %}</h1>\n'
        " {% blocktranslate with a=b %}"
        "Area {{ a }}{% endblocktranslate %}\n{# {% translate 'Comment' %} #}",
        "templates/base.html": '{% load i18n %}\n<p title="{% translate \'Skip\' %}">it\'s "odd" (</p>',
        "templates/partials/x.html": "{% load i18n %}"
        "{% blocktranslate count n=n %}One{% plural %}Many{% endblocktranslate %}",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def texts(catalogue: Catalog):
    return sorted(str(text) for text, _context in catalogues.messages(catalogue))


def write(base, app, catalogue):
    path = catalogues.catalogue_path(base, app)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(catalogues.written(catalogue))


def translate(base, app, table):
    catalogue = catalogues.merged(base, app, {})
    for (text, _context), message in catalogues.messages(catalogue).items():
        if text in table:
            message.string = (table[text],) if isinstance(message.id, tuple) else table[text]
    write(base, app, catalogue)


def test_strings_come_from_python_and_from_the_apps_templates(base):
    assert texts(catalogues.used(base, "plans")) == ["%(n)d school", "Area %(a)s", "May", "Plan", "Title"]
    assert texts(catalogues.used(base, "core")) == ["One", "Skip"]


def test_what_is_missing_is_named(base):
    translate(
        base,
        "plans",
        {"Plan": "计划", "%(n)d school": "%(n)d 所学校", "Area %(a)s": "任务 %(a)s", "May": "五月"},
    )
    translate(base, "core", {"One": "一", "Skip": "跳过"})
    assert catalogues.problems(base) == ["plans: missing: 'Title' (templates/plans/list.html)"]


def test_a_contradiction_between_apps_is_named(base):
    (base / "apps/core/more.py").write_text('_("Plan")\n')
    everything = {"Title": "标题", "%(n)d school": "%(n)d 所学校", "Area %(a)s": "任务", "May": "五月"}
    translate(base, "plans", {"Plan": "计划", **everything})
    translate(base, "core", {"One": "一", "Skip": "跳过", "Plan": "方案"})
    assert catalogues.problems(base) == ["plans: 'Plan' is '计划', but '方案' in core"]


def test_an_unused_string_is_set_aside_and_comes_back(base):
    translate(base, "core", {"One": "一", "Skip": "跳过"})
    template = base / "templates/base.html"
    source = template.read_text()
    template.write_text("")
    write(base, "core", catalogues.merged(base, "core", {}))
    assert texts(catalogues.stored(base, "core")) == ["One"]
    template.write_text(source)
    back = catalogues.messages(catalogues.merged(base, "core", {}))
    assert back["Skip", None].string == "跳过"


def test_a_translation_known_elsewhere_is_taken_over(base):
    translate(base, "core", {"Skip": "跳过", "One": "一"})
    (base / "apps/plans/skip.py").write_text('_("Skip")\n')
    known = catalogues.messages(catalogues.stored(base, "core"))
    assert catalogues.messages(catalogues.merged(base, "plans", known))["Skip", None].string == "跳过"


def test_writing_twice_gives_the_same_bytes(base):
    translate(base, "plans", {"Plan": "计划"})
    before = catalogues.catalogue_path(base, "plans").read_bytes()
    write(base, "plans", catalogues.merged(base, "plans", {}))
    assert catalogues.catalogue_path(base, "plans").read_bytes() == before
    assert b"POT-Creation-Date" not in before
