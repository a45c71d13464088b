import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run_python() -> Callable[..., str]:
    """Run a line of Python in a process of its own, Django set up, with more environment; what it printed."""

    def run(code: str, **more: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", f"import django\ndjango.setup()\n{code}"],
            cwd=ROOT,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "lusong_edu.settings.test"} | more,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
