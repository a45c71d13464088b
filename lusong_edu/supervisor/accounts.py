"""Prints the demo accounts, where this version has any."""

import django
from django.core.management import call_command, get_commands

if __name__ == "__main__":
    django.setup()
    if "demo_accounts" in get_commands():
        call_command("demo_accounts")
