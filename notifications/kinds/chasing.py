"""Those who have some actions are asked how these go: one mail to each of them, with all of theirs.

What mail may say of an action is decided as in :mod:`notifications.kinds.actions`.
"""

from __future__ import annotations

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from collaboration.actions import queries as actions
from collaboration.actions.origins import sensitive_among
from collaboration.actions.services import by_link
from groundwork.access.actors import SystemActor
from groundwork.access.errors import NotFound
from groundwork.access.rules import can
from groundwork.events.registry import Envelope, handles
from notifications.kinds.initiatives import acting
from notifications.kinds.registry import Class, Kind, address, reader
from notifications.models import Topic
from notifications.rules import condition
from notifications.services.mail_acts import links

CHASED = Kind(
    name="actions.chased",
    mail_class=Class.ASKED,
    topic=Topic.ACTIONS,
    template="actions_chased",
    reason=gettext_lazy("you have these actions, and somebody asks how they go"),
)
CHASED_BY_LINK = Kind(
    name="actions.chased_by_link",
    mail_class=Class.SERVICE,
    template="actions_chased",
    reason=gettext_lazy("somebody gave this address when asking for an action to be taken on"),
    holds_secret=True,
)
MAIL = SystemActor(name="mail")


@handles("actions.chased", name="mail.actions_chased")
def ask_how_they_go(envelope: Envelope) -> None:
    chase = actions.chased(envelope.payload["chase_id"])
    if chase is None:
        return
    rows = [each for each in chase.asked_about if each.status in ("asked", "accepted")]  # type: ignore[attr-defined]
    hidden = sensitive_among(rows)
    who = chase.by.display_name if chase.by else ""
    said = {"who": who, "message": "" if any(each.pk in hidden for each in rows) else chase.message}
    for person_id in dict.fromkeys(each.owner_id for each in rows if each.owner_id is not None):
        theirs = [each for each in rows if each.owner_id == person_id]
        _tell_person(person_id, theirs, hidden, said, envelope)
    for email in dict.fromkeys(each.owner_email for each in rows if each.owner_id is None and each.owner_email):
        theirs = [each for each in rows if each.owner_id is None and each.owner_email == email and each.answer_digest]
        if theirs:
            items = [_item(each, by_link.link_of(each), each.pk in hidden) for each in theirs]
            CHASED_BY_LINK.write_to(
                email,
                about=envelope.id,
                sender=who,
                context={**said, "items": items, "only": items[0] if len(items) == 1 else None},
                conditions={"actions_go_on": {"references": [each.reference for each in theirs], "email": email}},
            )


def _tell_person(person_id: int, rows: list[Any], hidden: set[int], said: dict[str, str], envelope: Envelope) -> None:
    person, whose = reader(person_id), acting(person_id, None)
    if person is None or whose is None:
        return
    items = [
        {**_item(each, address(f"/actions/{each.reference}/"), each.pk in hidden), "acts": _acts(person.person, each)}
        for each in rows
        if can(whose, "action.view", each)
    ]
    if items:
        state = {"references": [each.reference for each in rows], "person_id": person_id}
        CHASED.tell(
            person,
            about=envelope.id,
            sender=said["who"],
            context={**said, "items": items, "only": items[0] if len(items) == 1 else None},
            conditions={"actions_go_on": state},
        )


def _item(action: Any, link: str, is_hidden: bool) -> dict[str, Any]:
    title = action.reference if is_hidden else f"{action.what} ({action.reference})"
    if action.status == "asked":
        fact = _("You have not answered yet whether you take it on.")
    elif action.due_on is None:
        fact = _("No day is set.")
    else:
        words = _("It was due on %(day)s.") if actions.is_late(action) else _("It is due on %(day)s.")
        fact = words % {"day": date_format(action.due_on, "j F Y")}
    return {"title": title, "fact": fact, "link": link, "acts": []}


def _acts(person: Any, action: Any) -> list[Any]:
    if action.status == "asked":
        return links(person, None, ("action.accept", action.reference), ("action.not_me", action.reference))
    later = (("action.seven_more", f"{action.reference}/{action.due_on.isoformat()}"),) if action.due_on else ()
    return links(person, None, ("action.done", action.reference), *later)


@condition("actions_go_on")
def actions_still_go_on(*, references: list[str], person_id: int | None = None, email: str = "") -> str:
    """At least one of them is still theirs and open."""
    for reference in references:
        try:
            action = actions.get(MAIL, reference)
        except NotFound:
            continue
        is_theirs = action.owner_id == person_id if person_id is not None else action.owner_email == email
        if is_theirs and action.status in ("asked", "accepted"):
            return ""
    return "None of the actions is theirs and open any more."
