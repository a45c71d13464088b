"""Change one frozen value: exactly the sentences that rest on it change."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.reports.progress import report
from apps.reports.progress.blocks import Passage
from apps.reports.prose.bound import ProseError, Sentence, Source
from tests.reports import editions

pytestmark = pytest.mark.django_db  # the release is made in the test database
NUMBERS = st.decimals(min_value=0, max_value=99, places=3)
STATUSES = ["achieved", "on_track", "at_risk", "off_track", "no_target"]
LIGHTS = STATUSES[:4]
CHANGES = st.one_of(
    st.tuples(st.just("value"), NUMBERS),
    st.tuples(st.just("gap"), NUMBERS),
    st.tuples(
        st.just("status"), st.sampled_from(["achieved", "on_track", "at_risk", "off_track", "no_target"])
    ),
    st.tuples(st.just("reason"), st.sampled_from(["met", "too_slow", "not_improving", "missed"])),
    st.tuples(st.just("n_reported"), st.integers(0, 2)),
    st.tuples(st.just("recovered_from"), st.sampled_from([None, 1, 2])),
    st.tuples(st.just("carried_status"), st.sampled_from(["", "off_track", "at_risk"])),
)


def sentences_of(edition) -> dict[str, Sentence]:
    with translation.override("zh-hans"):
        blocks = report.district_draft(edition, with_pictures=False).blocks
    said = [sentence for block in blocks if isinstance(block, Passage) for sentence in block.sentences]
    found = {sentence.place: sentence for sentence in said}
    assert len(found) == len(said)
    return found


@given(code=st.sampled_from(["GOOD", "BAD", "FREE"]), change=CHANGES)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_exactly_the_sentences_change_that_rest_on_a_value(small_content, code, change):
    field, value = change
    before_edition = editions.edition(small_content)
    after_edition = editions.with_reading(before_edition, code, **{field: value})
    before = sentences_of(before_edition)
    if (code, field) == ("FREE", "status") and value in LIGHTS:  # a light without a target is a contradiction
        with pytest.raises(ProseError):
            sentences_of(after_edition)
        return
    after = sentences_of(after_edition)
    source = Source(code, editions.QUARTER, field)
    for place in before.keys() | after.keys():
        one, other = before.get(place), after.get(place)
        texts = (one.text if one else None, other.text if other else None)
        rests = any(source in said.sources for said in (one, other) if said)
        if texts[0] != texts[1]:
            assert rests, (place, texts)
        if one and other and texts[0] == texts[1]:
            told = [bound for bound in one.bindings if source in bound.sources]
            again = [bound for bound in other.bindings if source in bound.sources]
            assert [bound.text for bound in told] == [bound.text for bound in again]


def test_a_changed_value_changes_its_sentences_and_no_other(small_content):
    edition = editions.edition(small_content)
    changed = editions.with_reading(edition, "BAD", value=Decimal("41.25"))
    before, after = sentences_of(edition), sentences_of(changed)
    different = {place for place in before if before[place].text != after[place].text}
    assert different == {"summary/off_track", "area-6/behind/BAD"}
    assert "41.3%" in after["area-6/behind/BAD"].text
