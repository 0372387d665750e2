"""What mail about initiatives has in common: finding the record, what must still hold, and who may see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model

from collaboration.initiatives import queries as initiatives
from groundwork.access.actors import Actor, PersonActor, SystemActor
from groundwork.access.errors import NotFound
from groundwork.access.rules import can
from groundwork.directory.queries import current_mandates
from groundwork.events.registry import Envelope
from notifications.kinds.registry import Kind, Reader, address
from notifications.rules import condition
from notifications.services.mail_acts import links
from notifications.services.queueing import root_of

MAIL = SystemActor(name="mail")
"""Reads a record in order to write about it. Whether the reader may see it is asked for each reader."""


def find(reference: str) -> Any:
    """The initiative while it lives, or None."""
    try:
        initiative = initiatives.get(MAIL, reference)
    except NotFound:
        return None
    return initiative if initiative.is_live else None


def page_of(initiative: Any, part: str = "") -> str:
    """The whole address of an initiative's page, or of a page below it (``"history/"``)."""
    return address(f"/initiatives/{initiative.reference}/{part}")


def tell_about(
    kind: Kind,
    readers: list[Reader],
    initiative: Any,
    envelope: Envelope,
    *,
    context: dict[str, Any],
    conditions: dict[str, dict[str, Any]] | None = None,
    sender: str = "",
    about: object = None,
    acts: Sequence[tuple[str, object]] = (),
) -> None:
    """One message about ``initiative`` to each of ``readers``, and to nobody about what they did in the same role.

    ``acts`` are what each of them can do straight from it, as :func:`notifications.services.mail_acts.links` takes
    them.
    """
    for reader in readers:
        if reader.mandate is not None and reader.mandate.pk == envelope.mandate_id:
            continue
        seen = {
            "reference": initiative.reference,
            "person_id": reader.person.pk,
            "mandate_id": reader.mandate.pk if reader.mandate else None,
        }
        kind.tell(
            reader,
            about=about or envelope.id,
            context={
                "initiative": initiative,
                "page": page_of(initiative),
                "acts": links(reader.person, reader.mandate, *acts),
                **context,
            },
            conditions={"initiative_seen": seen, **(conditions or {})},
            headers=headers_of(initiative),
            sender=sender,
        )


def organisation_name(organisation: Any, otherwise: str) -> str:
    return organisation.name if organisation is not None else otherwise


def headers_of(initiative: Any) -> dict[str, str]:
    """All mail about an initiative is one conversation, and replies reach whoever it names as its contact."""
    reply_to = {"Reply-To": initiative.contact_email} if initiative.contact_email else {}
    return {**root_of("initiative", initiative.number), **reply_to}


@condition("initiative_seen")
def initiative_is_seen(*, reference: str, person_id: int, mandate_id: int | None) -> str:
    """The initiative lives, and the person may see it under that mandate."""
    initiative = find(reference)
    if initiative is None:
        return "The initiative was withdrawn or merged into another."
    reader = acting(person_id, mandate_id)
    if reader is None or not can(reader, "initiative.view", initiative):
        return "The person may not see the initiative."
    return ""


def acting(person_id: int, mandate_id: int | None) -> Actor | None:
    """The person under that mandate, while both hold; else None."""
    person = get_user_model().objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        return None
    mandates = current_mandates(person)
    if mandate_id is None:
        # Told as a person, not for an organisation: any of their mandates will do to read it.
        return PersonActor(who=person, under=mandates.first())
    mandate = mandates.filter(pk=mandate_id).first()
    return PersonActor(who=person, under=mandate) if mandate else None
