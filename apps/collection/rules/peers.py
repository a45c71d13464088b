"""What schools of the same type last reported before a quarter: a fact's yardstick (1 query)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from apps.collection.keys import Key
from apps.collection.models import Period
from apps.collection.rules.spread import Spread
from apps.core import prepared
from apps.organisations.models import Organisation

# The last accepted figure of each other school that is of the type at the end of the quarter.
PEERS = """
    WITH own AS (
      SELECT school_type FROM organisations_schoolprofile
      WHERE organisation_id = %s AND valid_from <= %s
        AND (valid_to IS NULL OR valid_to > %s)
    ), peers AS (
      SELECT o.id FROM organisations_organisation o
      JOIN organisations_schoolprofile p ON p.organisation_id = o.id
      WHERE p.school_type = (SELECT school_type FROM own) AND o.region_id = %s
        AND o.id <> %s
        AND p.valid_from <= %s AND (p.valid_to IS NULL OR p.valid_to > %s)
    ), latest AS (
      SELECT DISTINCT ON (s.organisation_id, v.element_id, v.stage)
        v.element_id, v.stage, v.accepted_number::double precision AS number
      FROM collection_datavalue v
      JOIN collection_submission s ON s.id = v.submission_id
      JOIN collection_period q ON q.id = s.period_id
      WHERE s.organisation_id IN (SELECT id FROM peers) AND v.element_id = ANY(%s)
        AND v.accepted_at IS NOT NULL AND v.accepted_number IS NOT NULL AND q.ends_on < %s
      ORDER BY s.organisation_id, v.element_id, v.stage, q.ends_on DESC
    ), scaled AS (
      SELECT element_id, stage, number, sign(number) * ln(1 + abs(number)) AS size FROM latest
    ), centered AS (
      SELECT element_id, stage, percentile_cont(0.5) WITHIN GROUP (ORDER BY size) AS center
      FROM scaled GROUP BY element_id, stage
    )
    SELECT s.element_id, s.stage, count(*),
      percentile_cont(0.5) WITHIN GROUP (ORDER BY s.number), min(c.center),
      percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(s.size - c.center)), avg(abs(s.size - c.center))
    FROM scaled s JOIN centered c USING (element_id, stage)
    GROUP BY s.element_id, s.stage
"""


def peers_of(*, period: Period, organisation: Organisation, elements: Collection[int]) -> dict[Key, Spread]:
    """Return how the other schools of the type and region stood before the quarter, by fact."""
    own = [organisation.pk, period.ends_on, period.ends_on]
    others = [organisation.region_id, organisation.pk, period.ends_on, period.ends_on]
    with connection.cursor() as cursor:
        prepared.execute(cursor, PEERS, [*own, *others, list(elements), period.ends_on])
        return {
            (element, stage): Spread(count, median, center, median_deviation, mean_deviation)
            for element, stage, count, median, center, median_deviation, mean_deviation in cursor.fetchall()
        }
