"""Imports point left in core ◄ organisations ◄ accounts ◄ … ◄ dashboards, reports (docs/architecture.md)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APPS = Path(__file__).parent.parent / "apps"
# Each app may import those before it. dashboards and reports stand side by side; demo fills all of them.
ORDER = ["core", "organisations", "accounts", "plans", "collection", "reviews", "rollups"]
MAY_IMPORT = {app: set(ORDER[: place + 1]) for place, app in enumerate(ORDER)}
MAY_IMPORT |= {"dashboards": {*ORDER, "dashboards"}, "reports": {*ORDER, "dashboards", "reports"}}
MAY_IMPORT |= {"demo": {*MAY_IMPORT["reports"], "demo"}}
# A row scope asks for the reader's role: a word, without any table behind it.
WORDS = {"apps.accounts.enums"}


def python_files() -> list[Path]:
    return sorted(path for path in APPS.glob("*/**/*.py") if "migrations" not in path.parts)


def imported(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and full module name of each import that runs (not those for type checking only)."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        else:
            yield from imported(node)


def wrong_arrows(app: str, source: str) -> list[str]:
    """Return the imports in `source`, a file of `app`, that point right."""
    found = []
    for line, module in imported(ast.parse(source)):
        parts = module.split(".")
        if parts[0] != "apps" or len(parts) < 2 or parts[1] in MAY_IMPORT[app]:
            continue
        is_task = len(parts) > 2 and parts[2] == "tasks"
        if not is_task and ".".join(parts[:3]) not in WORDS:
            found.append(f"line {line}: {app} imports {module}")
    return found


@pytest.mark.parametrize("path", python_files(), ids=lambda path: path.relative_to(APPS).as_posix())
def test_imports_point_left(path):
    app = path.relative_to(APPS).parts[0]
    assert wrong_arrows(app, path.read_text(encoding="utf-8")) == []


def test_every_app_has_its_place():
    assert {path.parent.name for path in APPS.glob("*/apps.py")} == set(MAY_IMPORT)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from apps.plans.models import Target", []),
        ("import apps.core.clock", []),
        (
            "from apps.reviews.models import OfficeReview",
            ["line 1: collection imports apps.reviews.models.OfficeReview"],
        ),
        ("def f():\n    import apps.rollups.services", ["line 2: collection imports apps.rollups.services"]),
        ("from apps import rollups", ["line 1: collection imports apps.rollups"]),
        ("from apps.rollups.tasks import refresh_stale", []),
        ("from apps.rollups import tasks", []),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import apps.reviews.models",
            [],
        ),
    ],
)
def test_a_right_pointing_import_is_found(source, found):
    assert wrong_arrows("collection", source) == found
