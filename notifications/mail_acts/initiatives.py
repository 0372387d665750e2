"""Saying that a record is still right. The subject is its reference: ``ESX-0042``."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives import queries as initiatives
from collaboration.initiatives.services import keeping
from groundwork.access.rules import can
from notifications.mail_acts.registry import Held, Offer, mail_act


@mail_act("initiative.still_accurate", label=gettext_lazy("Still accurate"), days=30)
def still_accurate(held: Held) -> Offer:
    actor = held.actor
    initiative = initiatives.get(actor, held.subject)
    may = can(actor, "initiative.verify", initiative)
    verified = initiative.verified_at
    already = ""
    if verified is not None and verified > held.made_at:
        already = _("Somebody said on %(day)s that it is still accurate. There is nothing left to do.") % {
            "day": date_format(localtime(verified), "j F Y")
        }
    return Offer(
        heading=_("Is this still accurate?"),
        rows=[
            (_("Initiative"), f"{initiative.title} ({initiative.reference})"),
            (_("Stage"), str(initiative.get_stage_display()) if initiative.stage else ""),
            (_("Led by"), initiative.lead.name if initiative.lead else ""),
            (_("Last said to be accurate"), date_format(localtime(verified), "j F Y") if verified else ""),
        ],
        says=_("Its page then says that everything on it was right today. If something has changed, edit it instead."),
        button=_("Yes, it is still accurate"),
        page=initiative.get_absolute_url(),
        already=already,
        refused=may.reason,
        done=_("Thank you. The page says so now."),
        do=lambda _words: keeping.verify(actor=actor, initiative=initiative),
    )
