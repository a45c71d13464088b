#!/usr/bin/env python
"""Django's command line; without DATABASE_URL it uses the embedded servers while it runs."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lusong_edu.settings.local")
    from django.core.management import execute_from_command_line

    from lusong_edu.embedded import EmbeddedError
    from lusong_edu.serving import lease_for_command

    try:
        with lease_for_command(sys.argv[1:]):
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
