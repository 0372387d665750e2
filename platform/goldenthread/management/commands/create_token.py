"""Make a token for the API; prints it, and nothing else, so that a script can keep it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from groundwork.access.actors import SystemActor
from groundwork.access.errors import DomainError
from groundwork.accounts.queries import person_by_email
from groundwork.accounts.services.tokens import DEFAULT_DAYS, MOST_DAYS, create_for
from groundwork.clock import now
from groundwork.directory.queries import current_mandates, find_organisation


class Command(BaseCommand):
    help = "Make a token with which a program acts as somebody in the API; prints only the token."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="Whose token it is; they must have an account and act for an organisation.")
        parser.add_argument(
            "--organisation",
            help="Which organisation it acts for: name, slug or identifier; needed for one of several.",
        )
        parser.add_argument(
            "--scope", choices=["read", "write"], default="write", help="write includes read (default)."
        )
        parser.add_argument(
            "--days",
            type=int,
            default=DEFAULT_DAYS,
            help=f"How long it works: 1 to {MOST_DAYS} (default {DEFAULT_DAYS}).",
        )
        parser.add_argument("--name", default="", help="What it is for, as shown on its owner's page.")

    def handle(self, *args: Any, **options: Any) -> None:
        person = person_by_email(options["email"])
        if person is None:
            raise CommandError(f"Nobody has an account with the address {options['email']}.")
        mandates = list(current_mandates(person))
        if options["organisation"]:
            wanted = find_organisation(options["organisation"])
            if wanted is None:
                raise CommandError(f"There is no organisation “{options['organisation']}”.")
            mandates = [each for each in mandates if each.organisation_id == wanted.pk]
        if not mandates:
            for_whom = options["organisation"] or "any organisation"
            raise CommandError(f"{person.email} does not act for {for_whom} now, so a token could do nothing.")
        mandate = mandates[0]
        name = options["name"].strip() or f"Made by a command, {now():%Y-%m-%d %H:%M:%S.%f}"
        try:
            token, secret = create_for(
                actor=SystemActor(name="create_token", via="command"),
                person=person,
                mandate=mandate,
                name=name,
                scope=options["scope"],
                days=options["days"],
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        others = sorted({each.organisation.name for each in mandates} - {mandate.organisation.name})
        if others:
            self.stderr.write(f"They act for others too; choose with --organisation: {'; '.join(others)}.")
        self.stderr.write(
            f"It acts as {person.email} for {mandate.organisation.name} ({mandate.get_role_display()}), may "
            f"{token.get_scope_display()}, and works until {token.expires_at:%Y-%m-%d}. It is shown this once:"
        )
        self.stdout.write(secret)
