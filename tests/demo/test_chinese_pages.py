"""Whoever walks through the seeded district in Chinese meets no word in Latin letters but names and codes."""

import re

import pytest
from django.test import Client
from django.urls import resolve

from apps.accounts.models import User
from tests.support.names import EVERYWHERE
from tests.test_messages import Words

pytestmark = pytest.mark.django_db

ROLES = (
    "reporter", "reporter9", "reporterkg", "principal", "office-tiwei", "office-anquan",
    "deputy", "leader", "admin", "auditor",
)  # fmt: skip
CODES = re.compile(
    r"\b([A-Z]{1,2}\d{2}-[A-Z0-9-]+|Q[1-4]|GB|office-\w+|\d{6}-[A-Z]+|[0-9A-Z]{10}(-p)?|[0-9a-f]{12,64})\b"
)
FORMULAS = re.compile(r"<(code|pre|svg)\b.*?</\1>", re.DOTALL)
NO_PAGES = ("/static/", "/admin/", "/collection/evidence/")
FILES = re.compile(r"\.(csv|xlsx|docx|pptx|pdf|svg|png|zip)$")
MOST_OF_A_KIND = 2


def latin_in(html: str) -> list[str]:
    """Return what a reader sees or hears in Latin letters; formulas and codes apart."""
    words = Words()
    words.feed(FORMULAS.sub(" ", html))
    return re.findall(r"[A-Za-z]{2,}", CODES.sub(" ", " ".join(words.found)))


def walk(client: Client):
    """Yield address and page of what can be reached from the first page, a few of each kind."""
    waiting, seen, kinds = ["/"], {"/"}, {}
    while waiting:
        path = waiting.pop(0)
        kind = resolve(path.partition("?")[0]).view_name
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] > MOST_OF_A_KIND:
            continue
        response = client.get(path, follow=True)
        if response.status_code != 200 or "text/html" not in response["Content-Type"]:
            continue
        html = response.content.decode()
        yield path, html
        for link in re.findall(r'href="(/[^"#]*)"', html):
            link = link.replace("&amp;", "&")
            is_page = not link.startswith(NO_PAGES) and not FILES.search(link.partition("?")[0])
            if is_page and link not in seen:
                seen.add(link)
                waiting.append(link)


@pytest.mark.parametrize("username", ROLES)
def test_a_walk_in_chinese(complete, username):
    client = Client()
    client.force_login(User.objects.get(username=username))
    usernames = set(User.objects.values_list("username", flat=True))
    found = {path: sorted(set(latin_in(html)) - EVERYWHERE - usernames) for path, html in walk(client)}
    assert len(found) > 3
    assert {path: words for path, words in found.items() if words} == {}


def test_words_in_latin_letters_are_found():
    html = '<p title="Close">第一 <b>Wrong</b> A09-GER Q3 <code>pupils</code></p><script>var x;</script>'
    assert latin_in(html) == ["Close", "Wrong"]
