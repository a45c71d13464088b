from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.accounts.models import User
from apps.accounts.services import reset_code_issue
from apps.plans.models import AnnualPlan


class Command(BaseCommand):
    help = "Make the first administrator of the plan's region and print a one-time code to set the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the person's name")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        plan = AnnualPlan.objects.order_by("-year").select_related("region").first()
        if plan is None:
            raise CommandError("There is no plan yet: run manage.py load_plan first.")
        there = User.objects.filter(role="administrator", region=plan.region, is_active=True, is_demo=False)
        if there.exists():
            raise CommandError("There is an administrator already, who makes all other accounts (page 账号).")
        if User.objects.filter(username__iexact=options["username"]).exists():
            raise CommandError(f"The user name {options['username']} is taken: choose another.")
        user = User.objects.create_user(
            options["username"], name=options["name"], role="administrator", region=plan.region
        )
        code = reset_code_issue(user=user, by=user)
        self.stdout.write(f"{user.username}, administrator of {plan.region.name}. One-time code: {code}")
        self.stdout.write("Set the password with it on the platform's login page (使用重置码), within a day.")
