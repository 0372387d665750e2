"""Mail to addresses without accounts: the question whether they want the digest, and the link to change it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext_lazy as _

from groundwork.access.actors import Public
from groundwork.access.errors import Invalid
from groundwork.clock import now
from groundwork.events.registry import Envelope, handles
from notifications.following import Followed
from notifications.kinds.registry import Class, Kind
from notifications.models import FollowAsk, Subscriber
from notifications.queries.follows import Shown, shown
from notifications.queries.resting import wants_no_mail
from notifications.rules import condition
from notifications.services import asking, subscribing

LONGEST_WORDS: Final = 40
_WORD: Final = re.compile(r"[^\W\d_]+")

ASKED = Kind(
    name="follow.asked",
    mail_class=Class.SERVICE,
    template="follow_asked",
    reason=_("somebody, probably you, gave this address to follow joint work"),
    holds_secret=True,
)
ASKED_FOR_ORGANISATION = Kind(
    name="follow.asked_for_organisation",
    mail_class=Class.SERVICE,
    template="follow_asked_for_organisation",
    reason=_("somebody who looks after %(organisation)s on Golden Thread gave this address for it"),
    holds_secret=True,
)
LINK = Kind(
    name="follow.link",
    mail_class=Class.SERVICE,
    template="follow_link",
    reason=_("somebody, probably you, asked for a link to change what is sent to this address"),
    holds_secret=True,
)


@handles("follow.asked", name="mail.follow_asked")
def ask(envelope: Envelope) -> None:
    """The one message that an address gets before its reader has said yes."""
    found = FollowAsk.objects.select_related("organisation", "asked_by").filter(pk=envelope.payload["ask_id"]).first()
    if found is None or found.used_at is not None:
        return
    # Asked here and not on the page: who fills in the form learns nothing, nor by how long it takes.
    if wants_no_mail(found.email):
        return
    host = found.asked_by.display_name if found.asked_by else ""
    context = {
        "link": asking.confirm_link(found),
        "expires_at": found.expires_at,
        "frequency": found.get_frequency_display().lower(),
        "things": [_named(each) for each in shown(Public(), found.queries, by_mail=True).values()],
        "host": host,
    }
    if found.organisation is not None:
        context["organisation"] = found.organisation.name
    kind = ASKED if found.organisation is None else ASKED_FOR_ORGANISATION
    kind.write_to(
        found.email,
        about=found.pk,
        sender=host,
        context=context,
        conditions={"follow_asked": {"ask_id": str(found.pk)}},
    )


def _named(each: Shown) -> str:
    """What is followed, for somebody who may not have asked: a few of the words that a stranger typed, and no address
    or number to call among them. The page behind the link shows all of it."""
    try:
        followed = Followed.parse(each.query)
    except Invalid:
        return each.title
    if not followed.words:
        return each.title
    words = " ".join(_WORD.findall(followed.words))[:LONGEST_WORDS]
    return Followed(filters=replace(followed.filters, words=words)).title


@handles("follow.link_wanted", name="mail.follow_link")
def send_link(envelope: Envelope) -> None:
    found = Subscriber.objects.filter(pk=envelope.payload["subscriber_id"], person=None).first()
    if found is None:
        return
    things = shown(Public(), found.follows.values_list("query", flat=True), by_mail=True)
    LINK.write_to(
        found.email,
        about=envelope.id,
        context={"link": asking.manage_link(found), "things": [each.title for each in things.values()]},
    )


@handles("initiative.merged", name="follows.initiative_merged")
def lead_on(envelope: Envelope) -> None:
    subscribing.lead_on(envelope.payload["reference"], envelope.payload["into_reference"])


@condition("follow_asked")
def still_asked(*, ask_id: str) -> str:
    """Nobody has answered yet, the link still works, and its reader has not said that they want no mail."""
    waiting = FollowAsk.objects.filter(pk=ask_id, used_at=None, expires_at__gt=now()).first()
    if waiting is None:
        return "The question was answered already, or its link has run out."
    return "Its reader wants no more mail." if wants_no_mail(waiting.email) else ""
