"""Being named in many records at once, by somebody who imported a list: one mail, however many they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from collaboration.imports import queries as imports
from groundwork.access.errors import NotFound
from groundwork.directory.queries import organisations
from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import MAIL
from notifications.kinds.registry import Class, Kind, address, those_who_answer_for
from notifications.models import OutgoingMessage, Topic
from notifications.rules import condition
from notifications.services.queueing import root_of

NAMED_IN_MAIL = 5
"""How many of the records a mail names; the page that it leads to lists all."""

ASKED_TOGETHER = Kind(
    name="partner.asked_together",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="partner_asked_together",
    reason=_("you speak for %(organisation)s, which is named as a partner in these initiatives"),
)


@handles("import.finished", name="mail.partners_asked_by_import")
def ask_those_it_names(envelope: Envelope) -> None:
    """Mail everybody who may answer for an organisation that the import names, once for all its records."""
    imported = _find(envelope.payload["import_id"])
    if imported is None:
        return
    for organisation, partners in _by_organisation(imports.asked_by(imported)):
        ask_together(organisation, partners, envelope, imported=imported)


def ask_together(organisation: Any, partners: list[Any], envelope: Envelope, *, imported: Any = None) -> None:
    """One mail to each who answers for ``organisation``, about all of ``partners``, and none to whoever did it."""
    brought_by = imported.organisation.name if imported is not None and imported.organisation else ""
    records = list({partner.initiative_id: partner.initiative for partner in partners}.values())
    about = f"{imported.pk if imported is not None else envelope.id}-{organisation.pk}"
    for reader in those_who_answer_for(organisation):
        if reader.mandate.pk == envelope.mandate_id:
            continue
        ASKED_TOGETHER.tell(
            reader,
            about=about,
            context={
                "named": organisation,
                "brought_by": brought_by,
                "records": records[:NAMED_IN_MAIL],
                "number": len(records),
                "more": max(0, len(records) - NAMED_IN_MAIL),
                "page": address("/home/"),
            },
            conditions={
                "asked_together_waits": {
                    "organisation_id": organisation.pk,
                    "import_id": str(imported.pk) if imported is not None else "",
                }
            },
            headers=root_of("asked-together", about),
            sender=brought_by,
        )


def was_asked_together(organisation: Any, partner: Any) -> bool:
    """Whether a mail about several records, written when this one had been asked, told the organisation of it."""
    if partner.asked_at is None:
        return False
    return OutgoingMessage.objects.filter(
        kind=ASKED_TOGETHER.name,
        conditions__asked_together_waits__organisation_id=organisation.pk,
        created_at__gte=partner.asked_at,
    ).exists()


@condition("asked_together_waits")
def some_still_wait(*, organisation_id: int, import_id: str) -> str:
    """The organisation has not answered all of them, and they have not been taken back."""
    if import_id:
        imported = _find(import_id)
        waiting = imported is not None and imports.asked_by(imported).filter(organisation_id=organisation_id).exists()
    else:
        organisation = organisations().filter(pk=organisation_id).first()
        waiting = organisation is not None and waiting_for(organisation).exists()
    return "" if waiting else "The questions were answered or taken back."


def waiting_for(organisation: Any) -> Any:
    """The partnerships of published records that wait for an answer of ``organisation``, in the order of asking."""
    return (
        organisation.partnerships.filter(
            confirmation="asked", valid_to=None, initiative__withdrawn_at=None, initiative__merged_into=None
        )
        .exclude(initiative__visibility="draft")
        .select_related("organisation", "initiative")
        .order_by("asked_at", "pk")
    )


def _find(import_id: str) -> Any:
    try:
        return imports.get_import(MAIL, import_id)
    except NotFound:
        return None


def _by_organisation(partners: Iterable[Any]) -> list[tuple[Any, list[Any]]]:
    grouped: dict[int, list[Any]] = {}
    for partner in partners:
        grouped.setdefault(partner.organisation_id, []).append(partner)
    return [(named[0].organisation, named) for named in grouped.values()]
