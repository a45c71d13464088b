"""The big screen: the overview for a hall, told to all who walk by. No restricted figure, no small number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.core.display import Sign
from apps.dashboards import lights, pages, wording
from apps.dashboards.overview import AreaRow, Attention, core_of, counts_of, coverage_of
from apps.dashboards.readings import Reading
from apps.dashboards.selectors import Scope
from apps.rollups.enums import Status
from apps.rollups.suppression import Viewer

SHOWN = 3
TOLD = (*lights.JUDGED, str(Status.NOT_DUE))


@dataclass(frozen=True)
class Tile:
    """One of the large numbers: its light and how many there are."""

    sign: Sign
    count: int


@dataclass(frozen=True)
class Screen:
    """Everything on the screen."""

    scope: Scope
    rows: Sequence[AreaRow]
    tiles: Sequence[Tile]
    n_counted: int
    n_others: int
    is_core: bool
    coverage: str
    attention: Sequence[Attention]
    n_more: int


def public_scope(scope: Scope) -> Scope:
    """Return a scope for the public of a hall: of the bureau, but owning nothing (as an auditor reads)."""
    passer_by = User(role=Role.AUDITOR, region_id=scope.user.region_id)
    viewer = Viewer(sees_all=False, office_ids=frozenset(), threshold=scope.viewer.threshold)
    return replace(scope, user=passer_by, viewer=viewer)


def screen_of(scope: Scope) -> Screen:
    """Return the screen of a quarter, whoever is logged in (as many queries as the overview)."""
    page = pages.overview_page(public_scope(scope))
    core = core_of(page.readings)
    counted = core or list(page.readings)
    tiles = tiles_of(counted)
    behind = list(page.overview.attention)
    share = coverage_of(counted)
    return Screen(
        scope=page.scope,
        rows=page.overview.rows,
        tiles=tiles,
        n_counted=len(counted),
        n_others=len(counted) - sum(tile.count for tile in tiles),
        is_core=bool(core),
        coverage=wording.share_text(share) if share is not None else "",
        attention=behind[:SHOWN],
        n_more=max(len(behind) - SHOWN, 0),
    )


def tiles_of(readings: Sequence[Reading]) -> list[Tile]:
    """Return the four lights and what is not due, those of which there are none too: the places stay."""
    counts = dict(counts_of(readings))
    return [Tile(lights.sign_of(str(status)), counts.get(str(status), 0)) for status in TOLD]
