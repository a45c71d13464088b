from __future__ import annotations

from django.db import connection, transaction

REBUILD_ANCESTORS = """
    WITH RECURSIVE tree (ancestor_id, descendant_id, distance) AS (
        SELECT id, id, 0 FROM organisations_region
        UNION ALL
        SELECT region.parent_id, tree.descendant_id, tree.distance + 1
        FROM tree JOIN organisations_region region ON region.id = tree.ancestor_id
        WHERE region.parent_id IS NOT NULL
    ),
    gone AS (
        DELETE FROM organisations_regionancestor link
        WHERE NOT EXISTS (
            SELECT FROM tree
            WHERE tree.ancestor_id = link.ancestor_id AND tree.descendant_id = link.descendant_id
        )
    )
    INSERT INTO organisations_regionancestor (ancestor_id, descendant_id, distance)
    SELECT ancestor_id, descendant_id, distance FROM tree
    ON CONFLICT (ancestor_id, descendant_id) DO UPDATE SET distance = excluded.distance
    WHERE organisations_regionancestor.distance <> excluded.distance
"""


@transaction.atomic
def ancestors_rebuild() -> None:
    """Make the closure of the region tree match the parents: each region with itself and all above it."""
    with connection.cursor() as cursor:
        cursor.execute(REBUILD_ANCESTORS)
