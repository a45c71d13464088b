"""What the product is made of: licences, bill of materials, known weaknesses, secrets left in files.

python -m tools.supply_chain licences | sbom | audit | secrets
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BASE = Path(__file__).resolve().parents[1]
PINS = ("requirements.txt", "requirements-embedded.txt", "requirements-dev.txt", "requirements-node.txt")
NOT_DELIVERED = ("requirements-dev.txt", "requirements-node.txt")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([A-Za-z0-9.+!-]+)")
LICENCES = BASE / "docs" / "licences.md"
SECRETS = {
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "cloud access key": re.compile(r"\b(AKIA|LTAI)[0-9A-Za-z]{12,20}\b"),
    "token": re.compile(r"\b(ghp|gho|ghs|glpat|xox[abp])[-_][0-9A-Za-z-]{20,}\b"),
    "robot's address": re.compile(r"(access_token|key)=[0-9a-f]{8}-?[0-9a-f-]{24,}"),
    "password in an address": re.compile(
        r"[a-z]+://[^\s:/@\"'{}$]+:(?!password|\$|\{)[^\s@\"'{}]{8,}@[a-z0-9]"
    ),
}
MAY_HOLD_EXAMPLES = ("tests/", "tools/supply_chain.py")


@dataclass(frozen=True)
class Part:
    """A pinned package: where it comes from (pypi, npm), the file that pins it, its licence."""

    source: str
    name: str
    version: str
    used_by: str
    licence: str

    @property
    def purl(self) -> str:
        name = self.name.replace("@", "%40") if self.source == "npm" else self.name.lower()
        return f"pkg:{self.source}/{name}@{self.version}"


def parts() -> list[Part]:
    """Return all pinned packages, Python's first."""
    found = [part for file in PINS for part in _python(file)]
    return sorted(found, key=lambda part: part.name.lower()) + sorted(_node(), key=lambda part: part.name)


def _python(file: str) -> Iterator[Part]:
    for line in (BASE / file).read_text("utf-8").splitlines():
        if match := PIN.match(line):
            yield Part("pypi", match[1], match[2], file, _licence(match[1]))


def _licence(name: str) -> str:
    try:
        told = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed here"
    if expression := told.get("License-Expression"):
        return str(expression)
    classes = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier", []) if "License ::" in line]
    written = (told.get("License") or "").strip().splitlines()
    return ", ".join(classes) or (written[0][:60] if written else "not stated")


def _node() -> Iterator[Part]:
    lock = json.loads((BASE / "package-lock.json").read_text("utf-8"))
    for path, package in lock["packages"].items():
        if path:
            name = path.rpartition("node_modules/")[2]
            yield Part(
                "npm", name, package["version"], "package.json", str(package.get("license", "not stated"))
            )


def licences_text() -> str:
    """Return the list of licences as a page."""
    rows = [f"| {part.name} | {part.version} | {part.licence} | {part.used_by} |" for part in parts()]
    head = (
        "# Licences of what the product is made of\n\nMade by `make licences` from the pins and what each"
        " package says of itself. `requirements-dev.txt` and"
        " `requirements-node.txt` are not delivered.\n\n"
        "| Package | Version | Licence | Pinned in |\n|---|---|---|---|\n"
    )
    return head + "\n".join(rows) + "\n"


def sbom() -> dict[str, object]:
    """Return the bill of materials of what is delivered (CycloneDX 1.5)."""
    delivered = [part for part in parts() if part.used_by not in NOT_DELIVERED]
    components = [
        {
            "type": "library",
            "bom-ref": part.purl,
            "name": part.name,
            "version": part.version,
            "purl": part.purl,
            "licenses": [{"license": {"name": part.licence}}],
        }
        for part in delivered
    ]
    told = hashlib.sha256(json.dumps(components, sort_keys=True).encode()).hexdigest()
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.UUID(told[:32])}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "lusong-education-target-tracker"}},
        "components": components,
    }


def secrets_found() -> list[str]:
    """Return the places of files under version control that look like a secret, tests with examples apart."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=BASE, capture_output=True, check=True).stdout
    found = []
    for name in filter(None, listed.decode().split("\0")):
        path = BASE / name
        if name.startswith(MAY_HOLD_EXAMPLES) or not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        text = path.read_bytes().decode("utf-8", "ignore")
        found += [
            f"{name}:{text.count(chr(10), 0, match.start()) + 1}: {kind}"
            for kind, pattern in SECRETS.items()
            for match in pattern.finditer(text)
        ]
    return found


def audit() -> int:
    """Ask the public lists of known weaknesses and say plainly what could not be asked (0: nothing found)."""
    outcomes = [
        _asked("Python packages", _pip_audit()),
        _asked("JavaScript packages", ["npm", "audit", "--omit=dev"] if shutil.which("npm") else None),
    ]
    return max(outcomes)


def _pip_audit() -> list[str] | None:
    program = shutil.which("pip-audit") or shutil.which("pip-audit", path=str(Path(sys.executable).parent))
    return [program, "--disable-pip", "--no-deps", "-r", "requirements.txt"] if program else None


def _asked(what: str, command: list[str] | None) -> int:
    if command is None:
        print(f"{what}: NOT CHECKED, the program (pip-audit, npm) is not installed here.")  # noqa: T201
        return 2
    done = subprocess.run(command, cwd=BASE, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    unreachable = (
        "ENOTFOUND",
        "ECONNREFUSED",
        "ConnectionError",
        "Max retries",
        "endpoint",
        "EAI_AGAIN",
        "ENOAUDIT",
    )
    if done.returncode and any(word in said for word in unreachable):
        print(f"{what}: NOT CHECKED, the list of weaknesses cannot be reached from here.")  # noqa: T201
        return 2
    print(f"{what}: {'weaknesses found' if done.returncode else 'no known weakness'}.\n{said.strip()}")  # noqa: T201
    return 1 if done.returncode else 0


def main(asked: str) -> int:
    """Do one of the four; returns the exit code."""
    if asked == "licences":
        LICENCES.write_text(licences_text(), "utf-8")
    elif asked == "sbom":
        print(json.dumps(sbom(), indent=1, ensure_ascii=False))  # noqa: T201
    elif asked == "secrets":
        found = secrets_found()
        print("\n".join(found) or "No secret in the files under version control.")  # noqa: T201
        return 1 if found else 0
    else:
        return audit()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
