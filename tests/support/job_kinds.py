"""Kinds of jobs for the tests, also for the worker that a test starts: they do what the test says."""

from __future__ import annotations

import time
from pathlib import Path

from apps.core.jobs.errors import JobFailure
from apps.core.jobs.kinds import BuiltFile, JobKind, register

WORDS = {"source": "1"}
PATIENCE = 60.0


def audience(user, parameters):
    """Bureau people share what they ask for; a school has its own; deputies get nothing."""
    if user.role == "deputy":
        return None
    return f"school:{user.organisation_id}" if user.is_school_member else "bureau"


def build(job, progress):
    """Tell three stages; wait in the second one for the file `gate` (if any), say `fail`, or break."""
    progress.stage("reading", 0, 3)
    gate = job.parameters.get("gate")
    ends = time.monotonic() + PATIENCE
    while gate and not Path(gate).exists() and time.monotonic() < ends:
        progress.stage("waiting for the gate", 1, 3)
        time.sleep(0.05)
    if words := job.parameters.get("fail"):
        raise JobFailure(words)
    if job.parameters.get("break"):
        raise RuntimeError("secret of the inside")
    progress.stage("writing", 2, 3)
    content = f"{job.audience} {job.parameters.get('n', '')}".encode()
    return BuiltFile("示例.txt", content, "text/plain")


EXAMPLE = register(
    JobKind(
        name="example",
        title=lambda parameters: f"example {parameters.get('n', '')}",
        audience=audience,
        source=lambda user, parameters: WORDS["source"],
        build=build,
        queue="reports",
    )
)
