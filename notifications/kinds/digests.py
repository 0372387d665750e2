"""Digests: what must still hold when one is sent, and what makes those look sooner who follow something at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy

from collaboration.governance.queries import board_lists, decisions, meetings
from collaboration.governance.queries.decision_history import decision_terms
from collaboration.initiatives import queries as initiatives
from collaboration.workshops import queries as workshops
from groundwork.access.actors import Actor, PersonActor, Public
from groundwork.clock import today
from groundwork.directory.queries import current_mandates, mandates_of
from groundwork.events.registry import Envelope, handles
from notifications.kinds.registry import Class, Kind
from notifications.models import Choice, Digest, Follow, Frequency, Subscriber
from notifications.queries.drafting import HORIZON, stands
from notifications.queries.needs import Found, Needs
from notifications.rules import condition, of_many
from notifications.services.digesting import KINDS, look_sooner

DUE = Kind(
    name=KINDS[Digest.Kind.DIGEST],
    mail_class=Class.DIGEST,
    template="digest",
    reason=gettext_lazy("you follow what it tells of, or chose to be told of it in a digest"),
)
AT_ONCE = Kind(
    name=KINDS[Digest.Kind.AT_ONCE],
    mail_class=Class.DIGEST,
    template="digest",
    reason=gettext_lazy("you follow what it tells of, and chose to hear of it at once"),
)

_ONE = (
    "initiative.changed",
    "initiative.published",
    "initiative.updated",
    "initiative.learned",
    "initiative.restored",
    "initiative.marked_exemplar",
    "ask_or_offer.made",
    "ask_or_offer.closed",
    "partner.confirmed",
    "challenge.raised",
    "challenge.answered",
)
_MANY = ("initiatives.changed", "initiatives.published")


@handles(*_ONE, name="mail.look_sooner")
def one_changed(envelope: Envelope) -> None:
    _changed([envelope.payload["initiative_id"]])


@handles("workshop.changed", "workshop.opened", "workshop.reported", "workshop.cancelled", name="mail.look_sooner")
def workshop_changed(envelope: Envelope) -> None:
    anchor = f"workshop:{envelope.payload['workshop_id']}"
    look_sooner(Follow.objects.filter(frequency=Frequency.AT_ONCE, anchor=anchor))


@handles("decision.made", name="mail.look_sooner")
def decided(envelope: Envelope) -> None:
    """Whoever follows its board, what it is about or what it changes, and wants that at once, is told at once."""
    if Follow.objects.filter(frequency=Frequency.AT_ONCE).exists():
        anchors = [f"{kind}:{value}" for kind, value in decision_terms(envelope.payload["decision_id"])]
        look_sooner(Follow.objects.filter(frequency=Frequency.AT_ONCE, anchor__in=anchors))


@handles(*_MANY, name="mail.look_sooner")
def many_changed(envelope: Envelope) -> None:
    _changed(envelope.payload["initiative_ids"])


def _changed(ids: list[int]) -> None:
    """Find who follows these at once, by what they have in common. Who may see what is asked when it is written."""
    if not Follow.objects.filter(frequency=Frequency.AT_ONCE).exists():
        return
    terms = {term for found in initiatives.terms_of(ids).values() for term in found}
    anchors = [f"{kind}:{value}" for kind, value in terms]
    if terms:
        anchors.append("words:")
    look_sooner(Follow.objects.filter(frequency=Frequency.AT_ONCE, anchor__in=anchors))


@condition("digest_wanted")
def digest_is_wanted(*, subscriber_id: str, follows: list[str], topics: list[str]) -> str:
    """The subscriber is still there, has not paused, and still wants something of what it tells."""
    return digests_are_wanted([{"subscriber_id": subscriber_id, "follows": follows, "topics": topics}])[0]


@of_many("digest_wanted")
def digests_are_wanted(asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """Two queries; one more when somebody no longer follows any of it, but may have chosen a topic."""
    wanted = [each["subscriber_id"] for each in asked]
    rows = Subscriber.objects.filter(stands(), pk__among=wanted, confirmed_at__isnull=False)
    readers = {
        str(pk): (person_id, paused) for pk, person_id, paused in rows.values_list("pk", "person_id", "paused_until")
    }
    follows = Follow.objects.filter(pk__among=[pk for each in asked for pk in each["follows"]])
    followed = {
        (str(reader), str(pk))
        for reader, pk in follows.exclude(frequency=Frequency.NEVER).values_list("subscriber_id", "pk")
    }

    def follows_some(each: Mapping[str, Any]) -> bool:
        return any((each["subscriber_id"], pk) in followed for pk in each["follows"])

    others = [each for each in asked if each["subscriber_id"] in readers and not follows_some(each)]
    people = {readers[each["subscriber_id"]][0] for each in others if each["topics"]} - {None}
    chosen: set[tuple[int, str]] = set()
    if people:
        choices = Choice.objects.filter(person_id__among=people).exclude(frequency=Frequency.NEVER)
        chosen = set(choices.values_list("person_id", "topic"))

    def reason(each: Mapping[str, Any]) -> str:
        if each["subscriber_id"] not in readers:
            return "The reader has stopped their digests."
        person_id, paused = readers[each["subscriber_id"]]
        if paused is not None and paused > today():
            return "The reader has paused their mail."
        if follows_some(each) or any((person_id, topic) in chosen for topic in each["topics"]):
            return ""
        return "The reader no longer follows what it tells of."

    return [reason(each) for each in asked]


@condition("digest_seen")
def digest_is_seen(*, person_id: int | None, named: dict[str, list[int]]) -> str:
    """Everything it names is still there for its reader to see. One query for what everybody may see."""
    for sort, ids in named.items():
        left = set(ids) - _SEEN[sort](Public(via="mail"), set(ids))
        if not left:
            continue
        for actor in _acting(person_id):
            left -= _SEEN[sort](actor, left)
        if left:
            return "Something it names is no longer shown to its reader."
    return ""


@of_many("digest_seen")
def digests_are_seen(asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """One query for each sort of thing. Only a reader of what not everybody may see is asked for by themselves."""
    open_to_all = {
        sort: seen(Public(via="mail"), {pk for each in asked for pk in each["named"].get(sort, ())})
        for sort, seen in _SEEN.items()
        if any(sort in each["named"] for each in asked)
    }

    def reason(each: Mapping[str, Any]) -> str:
        left = {sort: sorted(set(ids) - open_to_all.get(sort, set())) for sort, ids in each["named"].items()}
        left = {sort: ids for sort, ids in left.items() if ids}
        return digest_is_seen(person_id=each["person_id"], named=left) if left else ""

    return [reason(each) for each in asked]


@condition("digest_needs")
def digest_still_needs(
    *, person_id: int | None, organisation_id: int | None, at: str, named: list[tuple[str, int]]
) -> str:
    """Everything it asks of its reader, or invites them to, still waits for them, under the mandates they have now."""
    asked = {"person_id": person_id, "organisation_id": organisation_id, "at": at, "named": named}
    return digests_still_need([asked])[0]


@of_many("digest_needs")
def digests_still_need(asked: Sequence[Mapping[str, Any]]) -> list[str]:
    """Three queries: the readers, their mandates, and what waits for any of them."""
    people = get_user_model().objects.filter(pk__among={each["person_id"] for each in asked} - {None}, is_active=True)
    emails = dict(people.values_list("pk", "email"))
    mandates: dict[int, list[Any]] = {}
    if emails:
        for mandate in mandates_of(emails):
            mandates.setdefault(mandate.person_id, []).append(mandate)
    everyones = [mandate for theirs in mandates.values() for mandate in theirs]
    made = [datetime.fromisoformat(each["at"]) for each in asked]
    until = max(made) + HORIZON
    needs = Needs.read(
        # As it was when the first was written: what began meanwhile is not withdrawn for that.
        at=min(made),
        until=until,
        last_day=localtime(until).date(),
        organisations={mandate.organisation_id for mandate in everyones}
        | ({each["organisation_id"] for each in asked} - {None}),
        people=emails.keys(),
        addresses=set(emails.values()),
        officers=any(mandate.role == "officer" for mandate in everyones),
    )

    def reason(person_id: int | None, organisation_id: int | None, named: Sequence[Sequence[Any]]) -> str:
        found: list[Found] = []
        if person_id is not None and person_id in emails:
            held = [(each.organisation_id, each.role, each) for each in mandates.get(person_id, ())]
            found = needs.for_person(person_id, emails[person_id], held)
        elif organisation_id is not None:
            found = needs.for_organisation(organisation_id)
        left = {tuple(each) for each in named} - {each.key for each in found}
        return "Something it names no longer waits for its reader." if left else ""

    return [reason(each["person_id"], each["organisation_id"], each["named"]) for each in asked]


def _acting(person_id: int | None) -> list[Actor]:
    """A person under each of their mandates, while they have an account; nobody for an address."""
    person = get_user_model().objects.filter(pk=person_id, is_active=True).first() if person_id is not None else None
    if person is None:
        return []
    mandates: list[Any] = [*current_mandates(person)] or [None]
    return [PersonActor(who=person, under=mandate, via="mail") for mandate in mandates]


_SEEN = {
    "initiative": initiatives.seen_ids,
    "workshop": workshops.seen_ids,
    "decision": decisions.seen_ids,
    "partnership": board_lists.seen_ids,
    "meeting": meetings.seen_ids,
}
