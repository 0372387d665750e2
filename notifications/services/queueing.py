"""From an occasion to a row. Nothing is sent here."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
from notifications.models import OutgoingMessage, mail_host

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
) -> OutgoingMessage:
    """Write one message to one address, to be sent once the caller's transaction commits.

    ``template`` names the pair ``mail/<template>.html`` and ``.txt``. ``conditions`` maps names of conditions
    (:func:`notifications.rules.condition`) to their arguments; they are asked again when it is sent. A ``dedupe_key``
    that was used before returns the row of that time, unchanged, whatever its state.

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
    written = write(template, {**context, "reason": reason, "recipient": recipient, "reader": person})
    at = now()
    try:
        with transaction.atomic():
            message = OutgoingMessage.objects.create(
                kind=kind,
                mail_class=mail_class,
                dedupe_key=dedupe_key,
                recipient=recipient,
                person=person,
                reason=reason,
                sender=one_line(sender, 120),
                subject=written.subject,
                text=written.text,
                html=written.html,
                headers=dict(headers or {}),
                conditions={name: dict(arguments) for name, arguments in (conditions or {}).items()},
                holds_secret=holds_secret,
                created_at=at,
                due_at=due_at or at,
            )
            transaction.on_commit(wake_sender, robust=True)
    except IntegrityError:
        # Somebody else wrote the same message at the same instant.
        return OutgoingMessage.objects.get(dedupe_key=dedupe_key)
    return message


def wake_sender() -> None:
    """Ask a worker to send what is due. Losing this costs at most a minute: the tick asks too."""
    wake("mail.send", queue="mail")


def write(template: str, context: Mapping[str, Any]) -> Written:
    """Render the pair of templates called ``template``.

    The first line of the text is ``Subject: …``. Both are rendered in the place's language, without a request, and
    every address in them comes from ``settings.BASE_URL``.
    """
    place = the_place()
    words = {
        **context,
        "base_url": settings.BASE_URL,
        "place": place.name if place else "",
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
    return Written(
        subject=subject, text=wrap(body.replace("\0", "")), html=_without_blank_lines(html.replace("\0", ""))
    )


def one_line(text: str, length: int) -> str:
    """``text`` in one line of at most ``length`` characters, with nothing in it that could start another header."""
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
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
        lead = re.match(r"(?:> ?|[-*] | )*", line)
        indent = lead[0] if lead else ""
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
