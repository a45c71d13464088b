"""Which processes need the embedded servers."""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from . import embedded
from .settings import environment

WITHOUT_DATABASE = {
    "",
    "help",
    "version",
    "--version",
    "--help",
    "-h",
    "collectstatic",
    "startapp",
    "shell_plus",
}


def lease_for_command(arguments: Sequence[str]) -> AbstractContextManager[object]:
    """Holds the embedded servers while a management command runs, where no URL names others.

    Settings other than local bring their servers with them; commands that never ask the database skip
    the wait.
    """
    services = environment.embedded_services()
    local = os.environ.get("DJANGO_SETTINGS_MODULE") == "lusong_edu.settings.local"
    if not local or not services or (arguments[0] if arguments else "") in WITHOUT_DATABASE:
        return nullcontext()
    return embedded.attach(environment.data_dir(), services)
