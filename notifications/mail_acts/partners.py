"""Confirming or declining a part in somebody's work. The subject is the number of the partnership."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.initiatives import queries as initiatives
from collaboration.initiatives.services import partners
from groundwork.access.errors import NotFound
from groundwork.access.rules import can
from notifications.mail_acts.registry import Asked, Held, Offer, mail_act


@mail_act("partner.confirm", label=gettext_lazy("Confirm"), days=60)
def confirm(held: Held) -> Offer:
    partner, shown = _partner(held)
    return Offer(
        **shown,
        button=_("Yes, we have this part"),
        says=_("The initiative then shows your organisation as a confirmed partner."),
        done=_("Thank you. Your organisation is shown as a confirmed partner."),
        do=lambda _words: partners.confirm(actor=held.actor, partner=partner),
    )


@mail_act("partner.decline", label=gettext_lazy("Decline"), days=60)
def decline(held: Held) -> Offer:
    partner, shown = _partner(held)
    return Offer(
        **shown,
        button=_("No, we do not have this part"),
        says=_("Your organisation is then no longer shown as a partner."),
        asks=Asked(
            label=_("Why not?"),
            hint=_("One sentence. Those who keep the initiative read it."),
            required=True,
        ),
        done=_("Thank you. Your answer has been passed on."),
        do=lambda words: partners.decline(actor=held.actor, partner=partner, reason=words),
    )


def _partner(held: Held) -> tuple[Any, dict[str, Any]]:
    """The partnership, and what both pages show of it."""
    if not held.subject.isdecimal():
        raise NotFound(_("There is no such partnership, or you may not see it."))
    partner = initiatives.get_partner(held.actor, int(held.subject))
    initiative = partner.initiative
    keeper = initiative.owner or initiative.lead
    answers = {
        "confirmed": _("Your organisation has confirmed this part. There is nothing left to answer."),
        "declined": _("Your organisation has declined this part. There is nothing left to answer."),
    }
    return partner, {
        "heading": _("Is %(organisation)s part of this?") % {"organisation": partner.organisation.name},
        "rows": [
            (_("Initiative"), f"{initiative.title} ({initiative.reference})"),
            (_("Registered by"), keeper.name if keeper else ""),
            (_("Your organisation"), partner.organisation.name),
            (_("Named as"), str(partner.get_role_display()) if partner.role else _("Partner, role not stated")),
            (_("Contribution"), partner.contribution),
        ],
        "page": initiative.get_absolute_url(),
        "already": answers.get(partner.confirmation, ""),
        "refused": can(held.actor, "initiative.answer_for", partner).reason,
    }
