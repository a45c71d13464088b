"""What the product is made of, and that docs/security.md names tests that exist."""

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools import security_table, supply_chain

BASE = Path(supply_chain.BASE)


def test_every_pinned_package_is_in_the_list_of_licences():
    listed = supply_chain.LICENCES.read_text("utf-8")
    missing = [
        part.name for part in supply_chain.parts() if f"| {part.name} | {part.version} |" not in listed
    ]
    assert missing == []  # make licences


def test_every_package_states_a_licence():
    assert [part.name for part in supply_chain.parts() if part.licence == "not stated"] == []


def test_the_bill_of_materials_is_what_is_delivered():
    components = supply_chain.sbom()["components"]
    found = {component["purl"] for component in components}
    assert {"pkg:pypi/django@5.2.19", "pkg:npm/%40tabler/core@1.6.1"} <= found
    assert not any(purl.startswith("pkg:pypi/pytest@") for purl in found)
    assert json.loads(json.dumps(supply_chain.sbom())) == supply_chain.sbom()


def test_no_secret_is_under_version_control():
    assert supply_chain.secrets_found() == []


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "ghp_" + "a" * 36,
        "https://oapi.dingtalk.com/robot/send?access_token=" + "0123456789abcdef" * 4,
        "postgresql://lusong:Kd82jskq91xx@db.example/lusong",
    ],
)
def test_secrets_are_known_by_their_look(text):
    assert any(pattern.search(text) for pattern in supply_chain.SECRETS.values())


def test_the_linter_has_bandits_rules():
    chosen = tomllib.loads((BASE / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]["select"]
    assert "S" in chosen


def test_bandit_looks_for_all_but_four_things():
    """Assertions, and processes started from lists, are no finding; `make lint` asks for the rest."""
    skipped = tomllib.loads((BASE / "pyproject.toml").read_text("utf-8"))["tool"]["bandit"]["skips"]
    assert skipped == ["B101", "B404", "B603", "B607"]
    lint = (BASE / "Makefile").read_text("utf-8").partition("\nlint:")[2].partition("\n\n")[0]
    assert "bandit" in lint


def test_bandit_still_finds_something(tmp_path):
    (tmp_path / "bad.py").write_text("import yaml\nyaml.load(open('x'), Loader=yaml.Loader)\n")
    program = Path(sys.executable).with_name("bandit")
    command = [str(program), "--quiet", "-c", str(BASE / "pyproject.toml"), str(tmp_path / "bad.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "B506" in done.stdout) == (1, True)


def test_the_security_page_is_made_from_its_source():
    assert security_table.PAGE.read_text("utf-8") == security_table.page()  # make security-table


def test_every_test_that_the_security_page_names_exists():
    missing = []
    for name in security_table.named_tests():
        file, _colons, function = name.partition("::")
        path = BASE / file
        tree = ast.parse(path.read_text("utf-8")) if path.is_file() else None
        names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)} if tree else set()
        if not path.exists() or (function and function not in names):
            missing.append(name)
    assert missing == []


def test_every_row_says_where_it_stands():
    rows = [row for area in security_table.areas() for row in area["rows"]]
    for row in rows:
        assert row["state"] in ("tested", "operation", "not done"), row
        assert bool(row.get("tests")) == (row["state"] == "tested"), row
        assert row.get("tests") or row.get("how"), row
