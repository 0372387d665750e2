"""Who may look after the mail, and what must still hold when a message is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.auth import get_user_model
from django.db import DatabaseError
from django.utils.translation import gettext as _

from groundwork.access.actors import Actor
from groundwork.access.rules import Allowed, Decision, Denied, rule
from groundwork.clock import now, today
from groundwork.directory.queries import acts_still
from notifications.models import Choice, Frequency, OutgoingMessage, RestingAddress, Subscriber

log = structlog.get_logger(__name__)

ANSWERING_ROLES = ("lead", "approver", "officer")
"""Roles that speak for their organisation, and are written to when it is asked something."""


@rule("mail.manage")
def may_manage_mail(actor: Actor, _obj: object) -> Decision:
    """Officers chase what did not arrive; operators see that the machinery is well."""
    if actor.is_officer or actor.is_operator or actor.is_system:
        return Allowed()
    return Denied(_("Only partnership officers and operators can look after the mail."))


@rule("mail.follow")
def may_follow(actor: Actor, _obj: object) -> Decision:
    """Whoever has an account follows in their own name; everybody else confirms an address first."""
    if actor.person is not None:
        return Allowed()
    return Denied(_("Sign in to follow this, or give an email address."))


@rule("subscriber.change")
def may_change_subscriber(actor: Actor, subscriber: Any) -> Decision:
    """What a person is told is their own affair: no officer and no lead changes it."""
    if actor.is_system or (actor.person is not None and actor.person.pk == subscriber.person_id):
        return Allowed()
    return Denied(_("Only the person who gets these emails can change them."))


@rule("organisation.ask_address")
def may_ask_address(actor: Actor, organisation: Any) -> Decision:
    """An organisation without accounts is looked after by officers, or by its own lead who does not sign in often."""
    if organisation.is_group or organisation.status == "closed":
        return Denied(_("This is not an organisation that gets mail."))
    if actor.is_officer or actor.is_system or actor.acts_for(organisation.pk, "lead"):
        return Allowed()
    return Denied(_("Only partnership officers and leads of this organisation can ask an address for it."))


@rule("messages.read")
def may_read_messages(actor: Actor, _nothing: None = None) -> Decision:
    """Everybody reads what was written to themselves; a token reads for an organisation, not for a person."""
    if actor.person is not None and actor.via != "api":
        return Allowed()
    return Denied(_("Sign in to read your messages."))


@rule("reminders.manage")
def may_manage_reminders(actor: Actor, _obj: object = None) -> Decision:
    """Officers say who keeps in touch with which organisation, and when its records count as old."""
    if actor.is_officer or actor.is_system:
        return Allowed()
    return Denied(_("Only partnership officers look after reminders."))


Condition = Callable[..., str]
Twin = Callable[[Sequence[Mapping[str, Any]]], Sequence[str]]
_conditions: dict[str, Condition] = {}
_twins: dict[str, Twin] = {}
_RESTING: Final = "its address rests"
"""What every message but service mail is asked, beside its conditions. Not the name of a condition."""


def condition(name: str) -> Callable[[Condition], Condition]:
    """Register what must still hold when a message is sent.

    The decorated function takes the keyword arguments kept with the message and returns "" when it holds, otherwise
    a short reason that officers read. ``name`` is kept in the database for good.
    """

    def register(function: Condition) -> Condition:
        if _conditions.get(name, function) is not function:
            raise LookupError(f"There are two conditions named {name}.")
        _conditions[name] = function
        return function

    return register


def of_many(name: str) -> Callable[[Twin], Twin]:
    """Register the set-wise twin of the condition ``name``: as many queries for a batch of messages as for one.

    The decorated function takes what each message keeps of the condition, and returns the reasons in the same order.
    A condition without a twin is asked of each message by itself. A test holds twins equal.
    """

    def register(function: Twin) -> Twin:
        if _twins.get(name, function) is not function:
            raise LookupError(f"The condition {name} has two twins.")
        _twins[name] = function
        return function

    return register


def ask_together(messages: Sequence[OutgoingMessage]) -> dict[UUID, dict[str, str]]:
    """What every condition that can be asked set-wise says of each message, to be given to :func:`held_back`.

    A few queries, however many messages. A twin that fails says nothing: its condition is then asked of each message by
    itself, and only the one at fault suffers. Raises :class:`DatabaseError`.
    """
    known: dict[UUID, dict[str, str]] = {message.pk: {} for message in messages}
    for name, twin in _twins.items():
        asked = [message for message in messages if name in message.conditions]
        if not asked:
            continue
        try:
            for message, reason in zip(asked, twin([each.conditions[name] for each in asked]), strict=True):
                known[message.pk][name] = reason
        except (DatabaseError, SoftTimeLimitExceeded):
            raise
        except Exception:
            log.exception("conditions_not_asked_together", condition=name)
    rest = _resting({message.recipient.lower() for message in messages if _may_rest(message)})
    for message in messages:
        known[message.pk][_RESTING] = rest.get(message.recipient.lower(), "")
    return known


def no_longer_wanted(conditions: Mapping[str, Mapping[str, Any]], known: Mapping[str, str] | None = None) -> str:
    """Why a message must not be sent any more, or "". Raises :class:`LookupError` for a condition nobody registered.

    ``known`` is what was asked a moment ago (:func:`ask_together`); the rest is asked now.
    """
    if unknown := conditions.keys() - _conditions.keys():
        raise LookupError(f"No condition is named {sorted(unknown)[0]}.")
    known = known or {}
    # In the order of registration, the general before the particular: a database need not keep the order of keys.
    for name, holds in _conditions.items():
        if name in conditions and (reason := known[name] if name in known else holds(**conditions[name])):
            return reason
    return ""


def held_back(message: OutgoingMessage, known: Mapping[str, str] | None = None) -> str:
    """Why ``message`` must not be sent any more, or "": what was said when it was written, and where it would go.

    An address that mail rests for gets service mail only. ``known`` is what :func:`ask_together` said of it.
    """
    if reason := no_longer_wanted(message.conditions, known):
        return reason
    if not _may_rest(message):
        return ""
    address = message.recipient.lower()
    return known[_RESTING] if known and _RESTING in known else _resting([address]).get(address, "")


def _may_rest(message: OutgoingMessage) -> bool:
    return message.mail_class != OutgoingMessage.Class.SERVICE


def _resting(addresses: Iterable[str]) -> dict[str, str]:
    """Of these addresses in small letters, those that mail rests for, and why."""
    rows = RestingAddress.objects.filter(email__among=addresses, ended_at=None).values_list("email", "reason")
    return {email: f"Mail to this address rests: {RestingAddress.Reason(reason).label}." for email, reason in rows}


def known_conditions() -> tuple[str, ...]:
    return tuple(sorted(_conditions))


@condition("useful_until")
def is_still_useful(*, until: str) -> str:
    """``until`` is an ISO 8601 instant: after it the message would only confuse."""
    return "" if now() < datetime.fromisoformat(until) else "It came too late to be of use."


@condition("person_reads")
def person_still_reads(*, person_id: int, email: str) -> str:
    """The person may sign in, and the address is theirs."""
    return people_still_read([{"person_id": person_id, "email": email}])[0]


@of_many("person_reads")
def people_still_read(asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """One query."""
    people = get_user_model().objects.filter(pk__among={each["person_id"] for each in asked}, is_active=True)
    addresses = dict(people.values_list("pk", "email"))

    def reason(person_id: int, email: str) -> str:
        if person_id not in addresses:
            return "The person no longer has an account."
        if addresses[person_id].casefold() != email.casefold():
            return "The person has another address now."
        return ""

    return [reason(**each) for each in asked]


@condition("chosen")
def person_wants_it_now(*, person_id: int, topic: str, pressing: bool = False) -> str:
    """The person wants to hear of the topic at once, and has not paused their mail.

    What is pressing goes to everybody who wants to hear of the topic by mail at all: a digest would tell it too late.
    """
    return people_want_it_now([{"person_id": person_id, "topic": topic, "pressing": pressing}])[0]


@of_many("chosen")
def people_want_it_now(asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """Two queries."""
    people = {each["person_id"] for each in asked}
    choices = Choice.objects.filter(person_id__among=people, topic__in={each["topic"] for each in asked})
    chosen = {
        (person, topic): frequency
        for person, topic, frequency in choices.values_list("person_id", "topic", "frequency")
    }
    resting = Subscriber.objects.filter(person_id__among=people, paused_until__gt=today())
    paused = set(resting.values_list("person_id", flat=True))

    def reason(person_id: int, topic: str, pressing: bool = False) -> str:
        frequency = chosen.get((person_id, topic))
        if frequency == Frequency.NEVER:
            return "The person wants no mail of this kind."
        if pressing:
            return ""
        if frequency is not None and frequency != Frequency.AT_ONCE:
            return "The person wants this in their digest."
        return "The person has paused their mail." if person_id in paused else ""

    return [reason(**each) for each in asked]


@condition("person_acts")
def person_still_acts(*, person_id: int, mandate_id: int) -> str:
    """The mandate, for the sake of which the person is told, is in force, or the one that followed it is."""
    person = get_user_model().objects.filter(pk=person_id).first()
    if person is None or not acts_still(person, mandate_id):
        return "The person no longer acts for that organisation."
    return ""
