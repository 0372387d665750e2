"""From an occasion to a row. Nothing is sent here."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.template import Context, Engine
from django.utils import translation

from groundwork.access.errors import Invalid
from groundwork.clock import now
from groundwork.directory.queries import the_place
from groundwork.events.wake import wake
from groundwork.ids import uuid7
from notifications.models import OutgoingMessage, Subscriber, mail_host
from notifications.queries.clocks import clock
from notifications.rhythm import first_allowed
from notifications.services.ringing import ring
from notifications.services.stopping import link_for, unsubscribe_headers

if TYPE_CHECKING:
    from groundwork.accounts.models import Person

COLUMNS = 72
"""Width of the text twin (RFC 3676 suggests at most 78; 72 leaves room for being quoted)."""

LANGUAGE = "en-gb"

STYLE = {
    "p": "margin:0 0 16px;font-family:Helvetica,Arial,sans-serif;font-size:18px;line-height:26px;color:#0b0c0c",
    "small": "margin:0 0 12px;font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:20px;color:#484949",
    "h1": "margin:0 0 20px;font-family:Helvetica,Arial,sans-serif;font-size:26px;line-height:32px;font-weight:bold;"
    "color:#0b0c0c",
    "h2": "margin:24px 0 12px;font-family:Helvetica,Arial,sans-serif;font-size:19px;line-height:26px;font-weight:bold;"
    "color:#0b0c0c",
    "h3": "margin:16px 0 8px;font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;font-weight:bold;"
    "color:#0b0c0c",
    "a": "color:#1a65a6;text-decoration:underline",
    "cell": "font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:24px;color:#0b0c0c",
}
"""Inline styles, named once: many mail programs read no others."""


@dataclass(frozen=True)
class Written:
    """A message as words: one subject line, and its two twins."""

    subject: str
    text: str
    html: str


def queue(
    *,
    kind: str,
    mail_class: str,
    dedupe_key: str,
    recipient: str,
    person: Person | None,
    reason: str,
    template: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    conditions: Mapping[str, Mapping[str, Any]] | None = None,
    due_at: datetime | None = None,
    sender: str = "",
    holds_secret: bool = False,
    calendar: str = "",
    topic: str = "",
    pressing: bool = False,
    stop_link: str = "",
) -> OutgoingMessage:
    """Write one message to one address, to be sent once the caller's transaction commits.

    ``template`` names the pair ``mail/<template>.html`` and ``.txt``. ``conditions`` maps names of conditions
    (:func:`notifications.rules.condition`) to their arguments; they are asked again when it is sent. ``calendar`` is an
    entry for the reader's calendar (RFC 5545). A ``dedupe_key`` that was used before returns the row of that time,
    unchanged, whatever its state.

    ``topic`` is what the person chooses such mail by: it goes only if they want it at once, and not in their quiet
    hours. A ``pressing`` message waits for neither digest nor morning; only "never" stops it. ``stop_link`` is where
    the reader stops such mail (:func:`notifications.services.stopping.link_for`); empty, it is worked out.

    Raises :class:`Invalid` when ``recipient`` is not an address.
    """
    recipient = recipient.strip()
    try:
        validate_email(recipient)
    except ValidationError as error:
        raise Invalid({"email": [str(sentence) for sentence in error.messages]}) from error
    before = OutgoingMessage.objects.filter(dedupe_key=dedupe_key).first()
    if before is not None:
        return before
    identifier, at = uuid7(), now()
    if mail_class == OutgoingMessage.Class.SERVICE:
        stop_link = ""
    elif not stop_link:
        stop_link = _stop_link(identifier, person, topic)
    written = write(
        template, {**context, "reason": reason, "recipient": recipient, "reader": person, "stop_link": stop_link}
    )
    conditions = dict(conditions or {})
    if topic and person is not None:
        conditions["chosen"] = {"person_id": person.pk, "topic": topic, "pressing": pressing}
        if not pressing:
            due_at = out_of_quiet_hours(person, due_at or at)
    try:
        with transaction.atomic():
            message = OutgoingMessage.objects.create(
                id=identifier,
                kind=kind,
                mail_class=mail_class,
                topic=topic,
                dedupe_key=dedupe_key,
                recipient=recipient,
                person=person,
                reason=reason,
                sender=one_line(sender, 120),
                subject=written.subject,
                text=written.text,
                html=written.html,
                calendar=calendar,
                headers={**(headers or {}), **(unsubscribe_headers(stop_link) if stop_link else {})},
                conditions={name: dict(arguments) for name, arguments in conditions.items()},
                holds_secret=holds_secret,
                created_at=at,
                due_at=due_at or at,
            )
            transaction.on_commit(wake_sender, robust=True)
            if person is not None:
                ring([person.pk])
    except IntegrityError:
        # Somebody else wrote the same message at the same instant.
        return OutgoingMessage.objects.get(dedupe_key=dedupe_key)
    return message


def _stop_link(identifier: UUID, person: Person | None, topic: str) -> str:
    """What stops a message: of its topic, of a person's digests, or of everything to an address without an account."""
    if person is None or topic:
        return link_for(person=person, topic=topic, message_id=identifier)
    subscriber = Subscriber.objects.filter(person=person).first()
    return link_for(subscriber=subscriber) if subscriber is not None else ""


def out_of_quiet_hours(person: Person, at: datetime) -> datetime:
    """The first instant, ``at`` or later, at which mail may come to a person; ``at`` itself for who never chose."""
    subscriber = Subscriber.objects.filter(person=person).first()
    return first_allowed(clock(at).rhythm_of(subscriber), at) if subscriber is not None else at


def wake_sender() -> None:
    """Ask a worker to send what is due. Losing this costs at most a minute: the tick asks too."""
    wake("mail.send", queue="mail")


def write(template: str, context: Mapping[str, Any], *, place: str | None = None) -> Written:
    """Render the pair of templates called ``template``. Whoever writes many gives the name of the ``place``.

    The first line of the text is ``Subject: …``. Both are rendered in the place's language, without a request, and
    every address in them comes from ``settings.BASE_URL``.
    """
    subject, body, html = rendered(template, context, place=place)
    return Written(subject=subject, text=wrap(body), html=html)


def rendered(template: str, context: Mapping[str, Any], *, place: str | None = None) -> tuple[str, str, str]:
    """The subject line, the text before it is cut into lines, and the HTML, of the pair called ``template``."""
    if place is None:
        found = the_place()
        place = found.name if found else ""
    words = {
        **context,
        "base_url": settings.BASE_URL,
        "place": place,
        "contact": settings.DEFAULT_FROM_EMAIL,
        "style": STYLE,
    }
    engine = Engine.get_default()
    with translation.override(LANGUAGE):
        plain = engine.get_template(f"mail/{template}.txt").render(Context(dict(words), autoescape=False))
        first, _, body = plain.lstrip().partition("\n")
        if not first.startswith("Subject:"):
            raise ValueError(f"mail/{template}.txt does not begin with “Subject:”.")
        words["subject"] = subject = one_line(first.removeprefix("Subject:"), 150)
        html = engine.get_template(f"mail/{template}.html").render(Context(dict(words)))
    # PostgreSQL keeps no NUL, and no mail needs one.
    return subject, body.replace("\0", ""), _without_blank_lines(html.replace("\0", ""))


@lru_cache(maxsize=500)
def in_mail(text: str) -> str:
    """``text`` in the language of mail. Who writes thousands looks it up once."""
    with translation.override(LANGUAGE):
        return translation.gettext(text)


@lru_cache(maxsize=2_000)
def counted_in_mail(one: str, several: str, count: int) -> str:
    """The form for ``count``, in the language of mail."""
    with translation.override(LANGUAGE):
        return translation.ngettext(one, several, count)


def one_line(text: str, length: int) -> str:
    """``text`` in one line of at most ``length`` characters, with nothing in it that could start another header."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def wrap(text: str) -> str:
    """``text`` in lines of at most :data:`COLUMNS` characters; addresses stay whole, quotes and lists stay indented."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        line = line.rstrip()
        if not line:
            if lines and lines[-1]:
                lines.append("")
            continue
        if len(line) <= COLUMNS and line.isprintable():
            lines.append(line)
            continue
        lead = re.match(r"(?:> ?|[-*] | )*", line)
        indent = lead[0] if lead else ""
        if " " not in line[len(indent) :] and line.isprintable() and len(indent) < len(line):
            # An address, mostly: there is nowhere to cut it.
            lines.append(line)
            continue
        lines += textwrap.wrap(
            line[len(indent) :],
            width=COLUMNS,
            initial_indent=indent,
            subsequent_indent=indent.replace("-", " ").replace("*", " "),
            break_long_words=False,
            break_on_hyphens=False,
        ) or [indent.rstrip()]
    return "\n".join(lines) + "\n"


def root_of(thing: str, identifier: object) -> dict[str, str]:
    """Headers that gather all mail about one thing in one conversation.

    The root is made up from what never changes: neither language nor title has a part in it, so that a renamed
    initiative keeps its conversation.
    """
    root = f"<{thing}-{identifier}@{mail_host()}>"
    return {"References": root, "In-Reply-To": root}


def _without_blank_lines(html: str) -> str:
    return "\n".join(line.strip() for line in html.splitlines() if line.strip()) + "\n"
