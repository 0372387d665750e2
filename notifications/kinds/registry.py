"""What a kind of mail is, and how a message of it reaches a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import translation
from django.utils.functional import Promise

from groundwork.directory.queries import mandates_in_force, the_place
from notifications.models import OutgoingMessage, Topic
from notifications.rules import ANSWERING_ROLES
from notifications.services import queue
from notifications.services.queueing import LANGUAGE

if TYPE_CHECKING:
    from groundwork.accounts.models import Person

Class = OutgoingMessage.Class

_kinds: dict[str, Kind] = {}


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A person who is told something, and the mandate for the sake of which they are."""

    person: Any
    mandate: Any = None

    @property
    def conditions(self) -> dict[str, dict[str, Any]]:
        """What must hold of the reader when the message is sent."""
        held: dict[str, dict[str, Any]] = {"person_reads": {"person_id": self.person.pk, "email": self.person.email}}
        if self.mandate is not None:
            held["person_acts"] = {"person_id": self.person.pk, "mandate_id": self.mandate.pk}
        return held


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of mail.

    ``mail_class`` is what it is in law: only service messages cannot be switched off, and they stay neutral.
    ``reason`` completes "You get this because …" and may name ``%(organisation)s``.
    ``topic`` is what people choose it by (:class:`notifications.models.Topic`): whoever wants that topic in their
    digest is not told at once. Mail that asks something of somebody names one; no other mail does.
    ``pressing``: it cannot wait for a digest or for the end of quiet hours, because by then it is of no use.
    ``holds_secret``: the text holds a one-time link or code.
    """

    name: str
    mail_class: str
    template: str
    reason: str | Promise
    topic: str = ""
    pressing: bool = False
    holds_secret: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.name in _kinds:
            raise LookupError(f"There are two kinds of mail named {self.name}.")
        if (self.mail_class == Class.ASKED) != (self.topic in Topic.values):
            raise LookupError(f"{self.name} must name a topic if something is asked with it, and only then.")
        _kinds[self.name] = self

    def tell(
        self,
        reader: Reader,
        *,
        about: object,
        context: Mapping[str, Any],
        conditions: Mapping[str, Mapping[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        sender: str = "",
        calendar: str = "",
        due_at: datetime | None = None,
    ) -> OutgoingMessage:
        """Write one message to one reader. ``about`` is the occasion: the same reader gets one message for it."""
        return self.write_to(
            reader.person.email,
            person=reader.person,
            about=about,
            context={**context, "organisation": reader.mandate.organisation.name if reader.mandate else ""},
            conditions={**reader.conditions, **(conditions or {})},
            headers=headers,
            sender=sender,
            calendar=calendar,
            due_at=due_at,
        )

    def write_to(
        self,
        address: str,
        *,
        about: object,
        context: Mapping[str, Any],
        person: Person | None = None,
        conditions: Mapping[str, Mapping[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        sender: str = "",
        calendar: str = "",
        due_at: datetime | None = None,
        stop_link: str = "",
    ) -> OutgoingMessage:
        """Write one message to an address that need not belong to an account; not sent before ``due_at``.

        ``stop_link``: as :func:`notifications.services.queueing.queue` takes it.
        """
        with translation.override(LANGUAGE):
            reason = str(self.reason) % {"organisation": context.get("organisation", "")}
        return queue(
            kind=self.name,
            mail_class=self.mail_class,
            dedupe_key=f"{self.name}:{about}:{person.pk if person else address.lower()}"[:200],
            recipient=address,
            person=person,
            reason=reason,
            template=self.template,
            context={**self.facts, **context},
            headers=headers,
            conditions=conditions,
            sender=sender,
            topic=self.topic,
            pressing=self.pressing,
            holds_secret=self.holds_secret,
            calendar=calendar,
            due_at=due_at,
            stop_link=stop_link,
        )


def kinds() -> tuple[Kind, ...]:
    """Every kind of mail, by name."""
    return tuple(_kinds[name] for name in sorted(_kinds))


def those_who_answer_for(*organisations: Any, roles: tuple[str, ...] = ANSWERING_ROLES) -> list[Reader]:
    """Who speaks for any of ``organisations``: each person once, however many mandates they hold."""
    return _each_once(mandates_in_force([each for each in organisations if each is not None], *roles))


def officers() -> list[Reader]:
    """The partnership officers of the convening organisation."""
    place = the_place()
    if place is None or place.convening_organisation_id is None:
        return []
    return _each_once(mandates_in_force([place.convening_organisation_id], "officer"))


def keepers_of(initiative: Any) -> list[Reader]:
    """Who speaks for the organisations that own and lead an initiative; officers for what came with the place.

    Officers too when nobody speaks for them yet: a message about a record never falls into the void.
    """
    return those_who_answer_for(initiative.owner, initiative.lead) or officers()


def reader(person_id: int | None, mandate: Any = None) -> Reader | None:
    """The reader behind an id, or None when there is no such person any more."""
    person = get_user_model().objects.filter(pk=person_id, is_active=True).first() if person_id else None
    return Reader(person=person, mandate=mandate) if person else None


def address(path: str) -> str:
    """The whole address of a page, from the one configured base: never from a request (S15)."""
    return f"{settings.BASE_URL}{path}"


def _each_once(mandates: Iterable[Any]) -> list[Reader]:
    readers: dict[int, Reader] = {}
    for mandate in mandates:
        readers.setdefault(mandate.person_id, Reader(person=mandate.person, mandate=mandate))
    return list(readers.values())
