"""Invite somebody to act for an organisation: how the first partnership officer gets in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from groundwork.access.actors import SystemActor
from groundwork.access.errors import DomainError
from groundwork.directory.queries import find_organisation, the_place
from groundwork.directory.services import invitation_link, invite


class Command(BaseCommand):
    help = "Invite somebody to act for an organisation, by default as officer of the convening one; prints the link."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--organisation", help="Name, slug or identifier; the convening organisation without it.")
        parser.add_argument("--role", help="member, lead, approver, scrutiny or officer.")

    def handle(self, *args: Any, **options: Any) -> None:
        place = the_place()
        if options["organisation"]:
            organisation = find_organisation(options["organisation"])
        else:
            organisation = place.convening_organisation if place else None
        if organisation is None:
            raise CommandError(
                "There is no such organisation. Load the place first (load-place), or give another --organisation."
            )
        convening = place is not None and place.convening_organisation_id == organisation.pk
        role = options["role"] or ("officer" if convening else "lead")
        try:
            invitation, _token = invite(
                actor=SystemActor(name="invite_person", via="command"),
                organisation=organisation,
                email=options["email"],
                role=role,
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{invitation.email} may act for {organisation.name} as {invitation.get_role_display()}.")
        self.stdout.write("The link is sent by email, and is this one; it works once, for 14 days:")
        self.stdout.write(invitation_link(invitation))
