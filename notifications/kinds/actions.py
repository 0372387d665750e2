"""Actions: somebody is asked to take one on, answers, and it is done or no longer needed.

What an action says may quote what was said in a room. Of one from a workshop that is marked sensitive, mail says only
that it is there and where to read it (promise U21); where it was agreed is told only to readers who may see that.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.actions import queries as actions
from collaboration.actions.origins import is_sensitive, origin_of
from collaboration.actions.services import by_link
from groundwork.access.actors import Actor, Public, SystemActor
from groundwork.access.errors import NotFound
from groundwork.access.rules import can
from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import acting
from notifications.kinds.registry import Class, Kind, address, reader, those_who_answer_for
from notifications.models import Topic
from notifications.rules import condition
from notifications.services.mail_acts import links
from notifications.services.queueing import root_of

ASKED = Kind(
    name="action.asked",
    mail_class=Class.ASKED,
    topic=Topic.ACTIONS,
    template="action_asked",
    reason=gettext_lazy("somebody asks you to take on an action"),
)
ASKED_BY_LINK = Kind(
    name="action.asked_by_link",
    mail_class=Class.SERVICE,
    template="action_asked",
    reason=gettext_lazy("somebody gave this address when asking for an action to be taken on"),
    holds_secret=True,
)
ANSWERED = Kind(
    name="action.answered",
    mail_class=Class.ASKED,
    topic=Topic.ACTIONS,
    template="action_answered",
    reason=gettext_lazy("you asked somebody to take on this action, or made it"),
)
SETTLED = Kind(
    name="action.settled",
    mail_class=Class.ASKED,
    topic=Topic.ACTIONS,
    template="action_settled",
    reason=gettext_lazy("you took on this action, were asked to, or made it"),
)
RELEASED = Kind(
    name="action.released",
    mail_class=Class.ASKED,
    topic=Topic.ACTIONS,
    template="action_released",
    reason=gettext_lazy("you asked somebody to take on this action, or made it"),
)
BLOCKED = Kind(
    name="action.blocked",
    mail_class=Class.ASKED,
    topic=Topic.ACTIONS,
    template="action_blocked",
    reason=gettext_lazy("you asked somebody to take on this action, or made it"),
)
MAIL = SystemActor(name="mail")


@handles("action.asked", name="mail.action_asked")
def ask_owner(envelope: Envelope) -> None:
    action = _find(envelope)
    if action is None or action.status != "asked":
        return
    host = action.asked_by.display_name if action.asked_by else ""
    conditions = {"action_asks": {"reference": action.reference, "asked_at": _stamp(action)}}
    if action.owner is not None:
        person = reader(action.owner_id)
        if person is not None:
            ASKED.tell(
                person,
                about=envelope.id,
                sender=host,
                context={
                    **_context(action, acting(action.owner_id, None)),
                    "host": host,
                    "link": _page(action),
                    "acts": links(
                        person.person, None, ("action.accept", action.reference), ("action.not_me", action.reference)
                    ),
                },
                conditions=conditions,
                headers=root_of("action", action.number),
            )
    elif action.owner_email:
        link = by_link.link_of(action)
        ASKED_BY_LINK.write_to(
            action.owner_email,
            about=envelope.id,
            sender=host,
            context={**_context(action, Public()), "host": host, "link": link},
            conditions=conditions,
            headers=root_of("action", action.number),
        )


@handles("action.answered", name="mail.action_answered")
def tell_who_asked(envelope: Envelope) -> None:
    action = _find(envelope)
    if action is None or action.version != envelope.payload["version"]:
        return
    accepted = action.status == "accepted"
    for person_id in _keepers(action, envelope):
        _tell(ANSWERED, person_id, action, envelope, accepted=accepted, who=_owner(action))


@handles("action.settled", name="mail.action_settled")
def tell_the_others(envelope: Envelope) -> None:
    """Who made it and who asked for it when it is done; also its owner when somebody else says so, or drops it."""
    action = _find(envelope)
    if action is None or action.version != envelope.payload["version"]:
        return
    told = _keepers(action, envelope)
    if action.owner_id is not None and action.owner_id != envelope.person_id and action.owner_id not in told:
        told.append(action.owner_id)
    for person_id in told:
        _tell(SETTLED, person_id, action, envelope, done=action.status == "done", who=_owner(action))


@handles("action.blocked", name="mail.action_blocked")
def tell_what_stands_in_the_way(envelope: Envelope) -> None:
    """Who asked for it and who made it."""
    action = _find(envelope)
    if action is None or not action.is_blocked or action.version != envelope.payload["version"]:
        return
    quoted = not is_sensitive(action)
    for person_id in _keepers(action, envelope):
        _tell(BLOCKED, person_id, action, envelope, who=_owner(action), reason=action.blocked_reason if quoted else "")


@handles("action.released", name="mail.action_released")
def tell_that_nobody_has_it(envelope: Envelope) -> None:
    """Whoever asked for it or made it; where that is nobody, those who answer for the organisation that is to do it."""
    action = _find(envelope)
    if action is None or action.status != "unowned" or action.version != envelope.payload["version"]:
        return
    told = [each for each in envelope.payload["told"] if reader(each) is not None]
    if not told and action.organisation is not None:
        told = [each.person.pk for each in those_who_answer_for(action.organisation)]
    had = get_user_model().objects.filter(pk=envelope.payload["owner_id"]).first()
    for person_id in told:
        _tell(RELEASED, person_id, action, envelope, who=had.display_name if had else _("Whoever had it"))


def _tell(kind: Kind, person_id: int, action: Any, envelope: Envelope, **context: Any) -> None:
    person = reader(person_id)
    if person is None:
        return
    state = {"reference": action.reference, "version": action.version, "person_id": person_id}
    kind.tell(
        person,
        about=envelope.id,
        context={**_context(action, acting(person_id, None)), "link": _page(action), **context},
        conditions={"action_stands": state},
        headers=root_of("action", action.number),
    )


def _context(action: Any, whose: Actor | None) -> dict[str, Any]:
    """What the mail may say to this reader."""
    quoted = not is_sensitive(action)
    origin = origin_of(whose, action) if whose is not None and quoted else None
    return {
        "action": action,
        "quoted": quoted,
        "rows": [
            (_("Action"), f"{action.what} ({action.reference})" if quoted else action.reference),
            (_("Due"), date_format(action.due_on, "j F Y") if action.due_on else ""),
            (_("Agreed"), origin.label if origin else ""),
        ],
    }


def _keepers(action: Any, envelope: Envelope) -> list[int]:
    """Who asked for it and who made it, without whoever did what is told."""
    wanted = dict.fromkeys(each for each in (action.asked_by_id, action.created_by_id) if each is not None)
    return [each for each in wanted if each != envelope.person_id]


def _owner(action: Any) -> str:
    if action.owner is not None:
        return str(action.owner.display_name)
    return action.owner_name or _("Somebody who was asked")


def _page(action: Any) -> str:
    return address(f"/actions/{action.reference}/")


def _stamp(action: Any) -> str:
    return action.asked_at.isoformat() if action.asked_at else ""


def _find(envelope: Envelope) -> Any:
    return _get(envelope.payload["reference"])


def _get(reference: str) -> Any:
    try:
        return actions.get(MAIL, reference)
    except NotFound:
        return None


@condition("action_asks")
def action_still_asks(*, reference: str, asked_at: str) -> str:
    """The same person is still asked, and has not answered."""
    action = _get(reference)
    if action is None or action.status != "asked" or _stamp(action) != asked_at:
        return "The question was answered or taken back."
    return ""


@condition("action_stands")
def action_still_stands(*, reference: str, version: int, person_id: int) -> str:
    """Nothing has happened to it since, and the person may see it."""
    action = _get(reference)
    if action is None or action.version != version:
        return "The action was changed since."
    whose = acting(person_id, None)
    if whose is None or not can(whose, "action.view", action):
        return "The person may not see the action."
    return ""
