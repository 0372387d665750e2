"""From a draft to a published record: the review, and the copy for whoever registered it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import find, page_of, tell_about
from notifications.kinds.registry import Class, Kind, keepers_of, reader, those_who_answer_for
from notifications.models import Topic
from notifications.rules import condition

REVIEW_ASKED = Kind(
    name="initiative.review_asked",
    mail_class=Class.ASKED,
    topic=Topic.ASKED,
    template="review_asked",
    reason=_("you may publish for %(organisation)s, and a draft of it is ready for review"),
)
PUBLISHED = Kind(
    name="initiative.published",
    mail_class=Class.SERVICE,
    template="initiative_published",
    reason=_("you registered this initiative"),
)


@handles("initiative.review_asked", name="mail.review_asked")
def ask_for_review(envelope: Envelope) -> None:
    """Mail the approvers; where an organisation has none, everybody else who may publish for it."""
    initiative = find(envelope.payload["reference"])
    if initiative is None or initiative.review_asked_at is None or initiative.is_published:
        return
    approvers = those_who_answer_for(initiative.owner, initiative.lead, roles=("approver",))
    writer = reader(envelope.person_id)
    tell_about(
        REVIEW_ASKED,
        approvers or keepers_of(initiative),
        initiative,
        envelope,
        sender=writer.person.display_name if writer else "",
        context={
            "writer": writer.person.display_name if writer else "",
            "review": page_of(initiative, "edit/check/"),
            "rows": [(_("Draft"), f"{initiative.title} ({initiative.reference})")],
        },
        conditions={"review_waits": {"reference": initiative.reference}},
    )


@handles("initiative.published", name="mail.initiative_published")
def confirm_publication(envelope: Envelope) -> None:
    """The copy of the confirmation page: the reference, and what happens next."""
    initiative = find(envelope.payload["reference"])
    registered_by = reader(initiative.created_by_id) if initiative else None
    if registered_by is None:
        return
    asked = initiative.partners.filter(confirmation="asked", valid_to=None).select_related("organisation")
    tell_about(
        PUBLISHED,
        [registered_by],
        initiative,
        envelope,
        context={
            "asked": list(dict.fromkeys(each.organisation.name for each in asked)),
            "update": page_of(initiative, "update/"),
            "rows": [
                (_("Reference"), initiative.reference),
                (_("Title"), initiative.title),
                (_("Who can see it"), initiative.get_visibility_display()),
            ],
        },
    )


@condition("review_waits")
def review_still_waits(*, reference: str) -> str:
    initiative = find(reference)
    waits = initiative is not None and initiative.review_asked_at is not None and not initiative.is_published
    return "" if waits else "The draft was published or taken back."
