"""Every dependency has its reason, its version and the hashes of its files; nothing it needs is left out."""

import importlib.metadata
import json
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("requirements", "requirements-embedded", "requirements-dev", "requirements-node")
DIRECT = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)  +# \S.{4,}$")
HASHES = r"((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)"
PINNED = re.compile(r"^([a-z0-9-]+)==([^ ]+)( ; [^\\]+)? \\\n" + HASHES, re.M)
# Not installed where the product runs: for Windows, or to build a wheel that is taken ready made.
LEFT_OUT = {"tzdata", "colorama", "setuptools"}


def pinned(name: str) -> dict[str, tuple[str, str]]:
    """Return version and hashes of each pinned package of a file."""
    return {match[1]: (match[2], match[4]) for match in PINNED.finditer((ROOT / f"{name}.txt").read_text())}


@pytest.mark.parametrize("name", NAMES)
def test_direct_ones_give_their_reason_and_are_pinned_as_asked(name):
    lines = [line for line in (ROOT / f"{name}.in").read_text().splitlines() if line and line[0] != "#"]
    assert [line for line in lines if not DIRECT.match(line)] == []
    asked = {canonicalize_name(match[1]): match[2] for line in lines if (match := DIRECT.match(line))}
    everywhere = pinned("requirements") | pinned(name)
    assert {package: everywhere.get(package, ("make lock",))[0] for package in asked} == asked


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_has_the_hashes_of_its_files_and_no_index_is_named(name):
    text = (ROOT / f"{name}.txt").read_text()
    assert len(pinned(name)) == len(re.findall(r"^[^# \n]", text, re.M)) > 0
    assert not re.search(r"://|^--|index", text, re.M)


@pytest.mark.parametrize("package", ["lxml", "pillow", "psycopg2-binary", "python-calamine"])
def test_compiled_packages_have_files_for_more_than_one_processor(package):
    assert pinned("requirements")[package][1].count("sha256") > 10


def test_whatever_a_pinned_package_needs_is_pinned():
    everywhere = {package for name in NAMES for package in pinned(name)} | LEFT_OUT
    missing = []
    for package in sorted(everywhere):
        try:
            needed = importlib.metadata.requires(package) or ()
        except importlib.metadata.PackageNotFoundError:
            continue
        asked = [Requirement(line) for line in needed]
        missing += [
            f"{package} needs {one.name}"
            for one in asked
            if (one.marker is None or one.marker.evaluate({"extra": ""}))
            and canonicalize_name(one.name) not in everywhere
        ]
    assert missing == []


@pytest.mark.parametrize(
    "file", ["tools/install_requirements.sh", "Dockerfile", "deploy/debian12/install.sh", "tools/bundle.sh"]
)
def test_hashes_are_demanded_wherever_it_is_installed(file):
    text = (ROOT / file).read_text().replace("\\\n", " ")
    installs = [line for line in text.splitlines() if re.search(r"pip (install|download) ", line)]
    assert [line for line in installs if "--require-hashes" not in line] == []
    assert installs


def test_front_end_packages_are_locked_by_what_they_contain():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [path for path, package in packages.items() if path and not package.get("integrity")] == []
